import { enableProdMode, setBackend } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
// Brings the gradients of tfjs's operations along, which core leaves out.
import '@tensorflow/tfjs-layers';
import { registerWasmKernels } from './wasm/register.ts';
export async function chooseBackend(_requested: string) {
  enableProdMode();
  registerWasmKernels();
  await setBackend('wasm');
  return { name: 'wasm', device: '', passedOver: {}, software: {} };
}
