import {
  backend_util,
  conv2d,
  reverse,
  tidy,
  transpose,
  type Conv2DBackpropInputAttrs,
  type KernelFunc,
  type Tensor4D,
} from '@tensorflow/tfjs-core';

/**
 * The gradient of a 2-D convolution by its input. With steps of one it is itself a convolution, of the
 * gradient by the outputs with the filter turned round; the published kernel serves all else.
 */
export function conv2DBackpropInput(published: KernelFunc): KernelFunc {
  return (call) => {
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } =
      call.attrs as unknown as Conv2DBackpropInputAttrs;
    const { dy, filter } = call.inputs as Record<string, Tensor4D>;
    if (dataFormat === 'NCHW') return published(call);
    const { strideHeight, strideWidth, filterHeight, filterWidth, padInfo } =
      backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode);
    const rows = [filterHeight - 1 - padInfo.top, filterHeight - 1 - padInfo.bottom];
    const columns = [filterWidth - 1 - padInfo.left, filterWidth - 1 - padInfo.right];
    const isDense = strideHeight === 1 && strideWidth === 1;
    if (!isDense || Math.min(...rows, ...columns) < 0) return published(call);
    return tidy(() => {
      const turned = transpose(reverse(filter, [0, 1]), [0, 1, 3, 2]);
      return conv2d(dy, turned, 1, [[0, 0], rows, columns, [0, 0]] as [
        [number, number],
        [number, number],
        [number, number],
        [number, number],
      ]);
    });
  };
}
