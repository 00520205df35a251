// The hot loop of counting co-occurrences, AssemblyScript. Meaning, arguments and memory layout:
// ../cooccurrences.ts, whose plain JavaScript twin does the same operations in the same order.

// Above every word: the end of a document.
const END: u32 = 0xffffffff;

export function row(
  tokens: usize,
  cut: u32,
  places: usize,
  from: u32,
  to: u32,
  word: u32,
  window: u32,
  weights: usize,
  sums: usize,
  marks: usize,
  columns: usize,
  values: usize,
): u32 {
  for (let k = from; k < to; k++) {
    const at = load<u32>(places + ((<usize>k) << 2));
    const place = tokens + ((<usize>at) << 2);
    if (at >= cut) {
      for (let distance: usize = 1; distance <= <usize>window; distance++) {
        const other = load<u32>(place - (distance << 2));
        if (other <= word) add(other, distance, weights, sums, marks);
        else if (other == END) break;
      }
    }
    const first: usize = at >= cut ? 1 : <usize>(cut - at);
    for (let distance = first; distance <= <usize>window; distance++) {
      const other = load<u32>(place + (distance << 2));
      if (other <= word) add(other, distance, weights, sums, marks);
      else if (other == END) break;
    }
  }
  let count: u32 = 0;
  for (let block: u32 = 0; block <= word >> 6; block++) {
    const mark = marks + ((<usize>block) << 3);
    let bits = load<u64>(mark);
    if (bits == 0) continue;
    store<u64>(mark, 0);
    do {
      const column = (block << 6) + <u32>ctz(bits);
      bits &= bits - 1;
      const sum = sums + ((<usize>column) << 3);
      store<u32>(columns + ((<usize>count) << 2), column);
      store<f64>(values + ((<usize>count) << 3), load<f64>(sum));
      store<f64>(sum, 0);
      count++;
    } while (bits != 0);
  }
  return count;
}

function add(other: u32, distance: usize, weights: usize, sums: usize, marks: usize): void {
  const sum = sums + ((<usize>other) << 3);
  store<f64>(sum, load<f64>(sum) + load<f64>(weights + (distance << 3)));
  const mark = marks + ((<usize>(other >> 6)) << 3);
  const bit: u64 = 1;
  const place: u64 = other & 63;
  store<u64>(mark, load<u64>(mark) | (bit << place));
}
