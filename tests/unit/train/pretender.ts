/** The source of a package that gives itself out for TensorFlow on CUDA, and computes as tfjs's plain JavaScript does. */
export const PRETENDER = `
  const [core, cpu] = ${JSON.stringify(
    ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'].map((name) =>
      import.meta.resolve(name),
    ),
  )};
  const tf = await import(core);
  await import(cpu);
  const backend = tf.findBackend('cpu');
  backend.isUsingGpuDevice = true;
  tf.registerBackend('tensorflow', () => backend);
  for (const kernel of tf.getKernelsForBackend('cpu')) {
    tf.registerKernel({ ...kernel, backendName: 'tensorflow' });
  }
`;
