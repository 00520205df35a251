/**
 * What every answer of the site carries, so that its pages and workers are cross-origin isolated and their threads may
 * share memory.
 */
export const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Puts the headers on an answer that has not begun. */
export function isolate(response) {
  for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
}

/** Puts them on every answer of Vite's servers, for development and for preview. */
export function isolation() {
  const use = ({ middlewares }) => {
    middlewares.use((_request, response, next) => {
      isolate(response);
      next();
    });
  };
  return { name: 'embedscope:isolation', configureServer: use, configurePreviewServer: use };
}
