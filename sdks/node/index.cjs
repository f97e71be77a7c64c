/** `require('faxbot')`: the client's class itself, which also carries the names that `import` takes. */
const { FaxbotClient } = require('./faxbot-client.cjs');
const { FaxbotError } = require('./faxbot-error.cjs');

module.exports = Object.assign(FaxbotClient, { FaxbotClient, FaxbotError });
