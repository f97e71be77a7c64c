/** The form of POST /fax: the file is read from the disk while it is sent, and never held as a whole. */
const { randomUUID } = require('node:crypto');
const { open, stat } = require('node:fs/promises');
const { basename, extname } = require('node:path');
const { FaxbotError } = require('./faxbot-error.cjs');

/** @type {Readonly<Record<string, string>>} */
const mediaTypes = {
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
  '.text': 'text/plain',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
};

/**
 * Opens the file; `close` it when the request is over.
 * @param {string} to
 * @param {string} filePath
 * @throws {FaxbotError} `file_not_readable`
 */
async function openFaxForm(to, filePath) {
  const { file, size } = await openFile(filePath);
  const boundary = `faxbot-${randomUUID()}`;
  const mediaType = mediaTypes[extname(filePath).toLowerCase()] ?? 'application/octet-stream';
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="to"\r\n\r\n${to}\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(basename(filePath))}"\r\n` +
      `Content-Type: ${mediaType}\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);

  async function* content() {
    yield head;
    let sent = 0;
    try {
      for await (const chunk of file.createReadStream()) {
        sent += chunk.length;
        if (sent > size) break;
        yield chunk;
      }
    } catch (error) {
      throw notReadable(filePath, reasonOf(error), error);
    }
    // The length was announced: with another one the request would hang, or the fax be cut off.
    if (sent !== size) throw notReadable(filePath, 'it changed while it was sent');
    yield tail;
  }

  return {
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': String(head.length + size + tail.length) },
    content,
    close: () => file.close(),
  };
}

/** @param {string} filePath */
async function openFile(filePath) {
  try {
    // Opening a pipe would wait for its writer.
    if (!(await stat(filePath)).isFile()) throw notReadable(filePath, 'it is not a file');
    const file = await open(filePath);
    return { file, size: (await file.stat()).size };
  } catch (error) {
    throw error instanceof FaxbotError ? error : notReadable(filePath, reasonOf(error), error);
  }
}

/**
 * @param {string} filePath
 * @param {string} reason
 * @param {unknown} [cause]
 */
function notReadable(filePath, reason, cause) {
  return new FaxbotError(`${filePath} can't be read: ${reason}`, { code: 'file_not_readable', cause });
}

/** @param {unknown} error */
function reasonOf(error) {
  if (!(error instanceof Error)) return String(error);
  if (!('code' in error)) return error.message;
  if (error.code === 'ENOENT') return 'it does not exist';
  return error.code === 'EACCES' ? 'permission is denied' : error.message;
}

/** A file name as browsers write it into a form. @param {string} name */
function quoted(name) {
  return name.replace(/"/g, '%22').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

module.exports = { openFaxForm };
