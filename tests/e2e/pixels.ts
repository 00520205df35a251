import type { Locator, Page } from 'playwright-core';

/** Where a circle or an end of a line stands, to the pixel. */
export async function standsAt(shape: Locator, names = ['cx', 'cy']): Promise<number[]> {
  const found = await Promise.all(names.map((name) => shape.getAttribute(name)));
  return found.map((value) => Math.round(Number(value)));
}

export const rounded = (pixel: readonly number[]) => pixel.map((value) => Math.round(value));

/** The share of some places that are drawn in a colour. */
export async function inked(page: Page, stage: Locator, at: readonly (readonly number[])[]) {
  const shot = await stage.screenshot();
  return page.evaluate(
    async ({ data, at }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const isInked = ([x, y]: readonly number[]) => {
        const { data } = context.getImageData(Math.round(x), Math.round(y), 3, 3);
        for (let i = 0; i < data.length; i += 4) {
          const [red, green, blue] = data.subarray(i, i + 3);
          if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) return true;
        }
        return false;
      };
      return at.filter(isInked).length / at.length;
    },
    { data: shot.toString('base64'), at },
  );
}
