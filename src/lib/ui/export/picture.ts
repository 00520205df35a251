/** A picture to be saved: an SVG document and its size in CSS pixels. */
export interface Picture {
  svg: string;
  width: number;
  height: number;
}

/** Text made safe between SVG tags and inside its attributes. */
export function escapeXml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return (
    text
      .replace(/[&<>"']/g, (character) => names[character])
      // XML 1.0 has no way to write the other control characters.
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '')
  );
}

/**
 * The picture as a PNG.
 *
 * @param scale pixels per CSS pixel
 * @throws Error when the browser cannot draw the picture or cannot make so large a canvas
 */
export async function svgToPng(picture: Picture, scale = 2): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([picture.svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(picture.width, picture.height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob((blob) => {
        if (blob) resolve(blob);
        else reject(new Error('this browser could not make the picture; download the SVG instead'));
      }, 'image/png');
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
