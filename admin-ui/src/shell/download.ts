/** Gives the person a file that was made in the page. */
export function download(fileName: string, content: string, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // The download has begun with the click; the memory is given back once it has been read.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
