/**
 * CloudFront Function, viewer request of the console's files: the address of a page is no file. Whatever has no extension is
 * the console itself, which reads the address.
 */
function handler(event) {
  var request = event.request;
  var name = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (name.indexOf('.') === -1) request.uri = '/index.html';
  return request;
}
