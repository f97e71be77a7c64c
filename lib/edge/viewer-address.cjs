/**
 * CloudFront Function, viewer request of /api/*: tells the gateway whose request it is, whatever the viewer itself says.
 * CloudFront's own header CloudFront-Viewer-Address is in no managed policy that leaves out Host, and API Gateway refuses a
 * request with the distribution's Host.
 */
function handler(event) {
  var request = event.request;
  request.headers['faxbot-viewer-address'] = { value: event.viewer.ip };
  return request;
}
