// What is kept of a scan: keys of 64 bits, that order values and places at once.

export function keyAt(own: usize, at: u32): u64 {
  return load<u64>(own + ((<usize>at) << 3));
}

export function setKey(own: usize, at: u32, key: u64): void {
  store<u64>(own + ((<usize>at) << 3), key);
}

/** The greater the value, the greater its key; of equals the lower position has the greater. */
export function keyOf(value: f32, position: u32): u64 {
  const bits = reinterpret<u32>(value);
  const rising = bits ^ ((<u32>((<i32>bits) >> 31)) | 0x80000000);
  return ((<u64>rising) << 32) | (<u64>~position);
}

export function valueOf(key: u64): f32 {
  const rising = <u32>(key >> 32);
  return reinterpret<f32>(rising ^ ((<u32>((<i32>~rising) >> 31)) | 0x80000000));
}

/** Puts what is greater than a middling key before it, and returns its place. Not a branch depends on a key. */
function partition(own: usize, low: u32, high: u32): u32 {
  const middle = (low + high) >> 1;
  let a = keyAt(own, low);
  let b = keyAt(own, middle);
  const c = keyAt(own, high);
  let place = middle;
  if (a > b) {
    if (c > a) place = low;
    else if (c > b) place = high;
  } else {
    if (c > b) place = middle;
    else if (c > a) place = high;
    else place = low;
  }
  const pivot = keyAt(own, place);
  setKey(own, place, c);
  setKey(own, high, pivot);
  let next = low;
  for (let at = low; at < high; at++) {
    a = keyAt(own, at);
    b = keyAt(own, next);
    setKey(own, at, b);
    setKey(own, next, a);
    next += <u32>(a > pivot);
  }
  setKey(own, high, keyAt(own, next));
  setKey(own, next, pivot);
  return next;
}

/** Brings the `keep` greatest keys to the front, the least of them last. */
export function select(own: usize, count: u32, keep: u32): void {
  let low: u32 = 0;
  let high = count - 1;
  const target = keep - 1;
  while (low < high) {
    const at = partition(own, low, high);
    if (at == target) return;
    if (at < target) low = at + 1;
    else high = at - 1;
  }
}

/** Sorts keys, the greatest first. */
export function sortKeys(own: usize, low: i32, high: i32): void {
  while (high - low > 12) {
    const at = <i32>partition(own, low, high);
    if (at - low < high - at) {
      sortKeys(own, low, at - 1);
      low = at + 1;
    } else {
      sortKeys(own, at + 1, high);
      high = at - 1;
    }
  }
  for (let i = low + 1; i <= high; i++) {
    const key = keyAt(own, i);
    let at = i;
    for (; at > low && keyAt(own, at - 1) < key; at--) setKey(own, at, keyAt(own, at - 1));
    setKey(own, at, key);
  }
}
