/** Serves build/ over HTTP. */
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { isolate } from './isolation.mjs';

const handlerFile = new URL('../../build/handler.js', import.meta.url);

function listen(server, port, host) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server.address().port);
    });
  });
}

/**
 * Starts serving on `port`, or on the next free one of the twenty after it (0: any free one).
 *
 * @returns {Promise<{ server: import('node:http').Server, port: number }>}
 * @throws Error when none of them is free
 */
export async function serve({ port, host = '127.0.0.1' }) {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  process.chdir(root);
  const { handler } = await import(handlerFile.href);
  for (let offset = 0; offset <= 20 && port + offset < 65536; offset++) {
    const server = createServer((request, response) => {
      isolate(response);
      handler(request, response, () => {
        response.statusCode = 404;
        response.end('Not found');
      });
    });
    try {
      return { server, port: await listen(server, port === 0 ? 0 : port + offset, host) };
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`ports ${port} to ${port + 20} are all taken: set PORT to a free one`);
}
