/** A page that lets a worker run a team of threads, and keeps what it answers. */
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => Object.assign(globalThis, { answer: data });
worker.onerror = ({ message }) => Object.assign(globalThis, { answer: { error: message } });
