/** Hands the browser a file to save. */
export function downloadBlob(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser may still be reading when click() returns.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
