import {
  backend_util,
  matMul,
  pad,
  reshape,
  stack,
  stridedSlice,
  tidy,
  transpose,
  type Conv2DBackpropFilterAttrs,
  type KernelConfig,
  type Tensor2D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/**
 * The gradient of a 2-D convolution by its filter.
 *
 * For each place (r, c) in the filter it is the product of the inputs that this place saw, transposed,
 * and the gradient by the outputs: Σ over outputs (i, j) of x[i·stride + r, j·stride + c]ᵀ · dy[i, j].
 */
export const conv2DBackpropFilter: KernelConfig = {
  kernelName: 'Conv2DBackpropFilter',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs }) {
    const {
      strides,
      pad: padding,
      dataFormat,
      dimRoundingMode,
      filterShape,
    } = attrs as unknown as Conv2DBackpropFilterAttrs;
    return tidy(() => {
      const channelsLast = (x: Tensor4D) =>
        dataFormat === 'NCHW' ? transpose(x, [0, 2, 3, 1]) : x;
      const x = channelsLast(inputs.x as Tensor4D);
      const dy = channelsLast(inputs.dy as Tensor4D);
      const { batchSize, outHeight, outWidth, strideHeight, strideWidth, inChannels, padInfo } =
        backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, padding, dimRoundingMode);
      const { top, bottom, left, right } = padInfo;
      const padded = pad(x, [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]);
      const outputs = batchSize * outHeight * outWidth;
      const gradient = reshape(dy, [outputs, filterShape[3]]) as Tensor2D;
      const places: Tensor2D[] = [];
      for (let r = 0; r < filterShape[0]; r++) {
        for (let c = 0; c < filterShape[1]; c++) {
          const end = [
            batchSize,
            r + (outHeight - 1) * strideHeight + 1,
            c + (outWidth - 1) * strideWidth + 1,
            inChannels,
          ];
          const seen = stridedSlice(padded, [0, r, c, 0], end, [1, strideHeight, strideWidth, 1]);
          places.push(matMul(reshape(seen, [outputs, inChannels]) as Tensor2D, gradient, true));
        }
      }
      return reshape(stack(places), filterShape);
    });
  },
};
