/** `npm start`: builds the site if its sources changed, serves it, and says where. */
import { buildSite } from './build-site.mjs';
import { serve } from './serve.mjs';

const asked = process.env.PORT ?? '4173';
const host = process.env.HOST ?? '127.0.0.1';
const wanted = Number(asked);

try {
  if (!Number.isInteger(wanted) || wanted < 0 || wanted > 65535) {
    throw Object.assign(new Error(`PORT is "${asked}" (expected a whole number from 0 to 65535)`), {
      usage: true,
    });
  }
  await buildSite();
  const { server, port } = await serve({ port: wanted, host });
  if (wanted !== 0 && port !== wanted) console.log(`Port ${wanted} is taken, so this is ${port}.`);
  const shown = host === '0.0.0.0' || host === '127.0.0.1' ? 'localhost' : host;
  console.log(`Embedscope is at http://${shown}:${port}/ (Ctrl-C ends it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeAllConnections();
    });
  }
} catch (error) {
  console.error(`embedscope: ${error.message}`);
  process.exit(error.usage || error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL' ? 2 : 1);
}
