import { describe, expect, it } from 'vitest';
import { formatSeconds, progress } from '../../../scripts/progress.ts';

/** A stream that keeps what is written, and a clock that is set by hand. */
function setUp(isTTY: boolean) {
  let text = '';
  let time = 0;
  const stream = {
    isTTY,
    columns: 120,
    write: (part: string) => ((text += part), true),
    on() {},
    cursorTo() {},
    clearLine() {},
  } as unknown as NodeJS.WriteStream;
  return {
    options: { stream, now: () => time },
    at: (milliseconds: number) => (time = milliseconds),
    text: () => text,
  };
}

describe('progress', () => {
  it('writes a line every five seconds where there is no terminal', () => {
    const { options, at, text } = setUp(false);
    const shown = progress(options);
    shown.update(0, 100, 'epoch 1 of 4');
    at(4_999);
    shown.update(20, 100, 'epoch 1 of 4');
    expect(text()).toBe('');
    at(5_000);
    shown.update(25, 100, 'epoch 2 of 4, loss 0.9');
    at(9_000);
    shown.update(45, 100, 'epoch 2 of 4, loss 0.8');
    at(10_000);
    shown.update(50, 100, 'epoch 3 of 4, loss 0.7');
    shown.note('note: look');
    shown.stop();
    expect(text().split('\n')).toEqual([
      '25 %  epoch 2 of 4, loss 0.9, 15 s left',
      '50 %  epoch 3 of 4, loss 0.7, 10 s left',
      'note: look',
      '',
    ]);
  });

  it('says no time left when the total is not known, and begins anew with new work', () => {
    const { options, at, text } = setUp(false);
    const shown = progress(options);
    shown.update(0, undefined, 'downloading');
    at(5_000);
    shown.update(1000, undefined, 'downloading');
    at(6_000);
    shown.update(0, 10, 'training');
    at(10_000);
    shown.update(5, 10, 'training');
    expect(text()).toBe('downloading\n50 %  training, 4.0 s left\n');
  });

  it('draws a bar with share, label and time left on a terminal', () => {
    const { options, at, text } = setUp(true);
    const shown = progress(options);
    shown.update(0, 200, 'epoch 1 of 2, loss 1.2');
    at(10_000);
    shown.update(100, 200, 'epoch 2 of 2, loss 0.8');
    shown.stop();
    expect(text()).toContain('████████████░░░░░░░░░░░░ 50 %  epoch 2 of 2, loss 0.8, 10 s left');
    shown.note('note: look');
    expect(text()).toMatch(/note: look\n$/);
  });

  it('is silent when quiet', () => {
    const { options, at, text } = setUp(false);
    const shown = progress({ ...options, quiet: true });
    at(60_000);
    shown.update(1, 2, 'x');
    shown.note('y');
    shown.stop();
    expect(text()).toBe('');
  });
});

it.each([
  [0, '0.0 s'],
  [1.24, '1.2 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [200, '3 min 20 s'],
  [3_900, '1 h 5 min'],
])('formatSeconds(%d) is %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
