import type { Locator } from 'playwright-core';

/** Where a circle or an end of a line stands, to the pixel. */
export async function standsAt(shape: Locator, names = ['cx', 'cy']): Promise<number[]> {
  const found = await Promise.all(names.map((name) => shape.getAttribute(name)));
  return found.map((value) => Math.round(Number(value)));
}

export const rounded = (pixel: readonly number[]) => pixel.map((value) => Math.round(value));

/** Whether each pixel of an element as it is shown is coloured, row by row, and how many there are to a row. */
async function coloured(shown: Locator): Promise<{ width: number; pixels: boolean[] }> {
  const shot = await shown.screenshot();
  return shown.page().evaluate(async (data) => {
    const image = new Image();
    image.src = `data:image/png;base64,${data}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const values = context.getImageData(0, 0, image.width, image.height).data;
    const pixels = Array.from({ length: values.length / 4 }, (_, i) => {
      const [red, green, blue] = values.subarray(4 * i, 4 * i + 3);
      return Math.max(red, green, blue) - Math.min(red, green, blue) > 60;
    });
    return { width: image.width, pixels };
  }, shot.toString('base64'));
}

/** How many of an element's pixels are drawn in a colour. */
export async function colouredPixels(shown: Locator): Promise<number> {
  return (await coloured(shown)).pixels.filter(Boolean).length;
}

/** The share of some places that are drawn in a colour, at the place or two pixels beside and below it. */
export async function inked(shown: Locator, at: readonly (readonly number[])[]): Promise<number> {
  const { width, pixels } = await coloured(shown);
  const near = [0, 1, 2];
  const isInked = ([x, y]: readonly number[]) =>
    near.some((down) =>
      near.some((right) => pixels[(Math.round(y) + down) * width + Math.round(x) + right]),
    );
  return at.filter(isInked).length / at.length;
}
