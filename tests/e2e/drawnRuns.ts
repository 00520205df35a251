import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerInfo, Manifest } from '../../src/lib/run/types.ts';
import { layersOf } from '../../src/lib/train/mf/layers.ts';

/** Copies of a run in `folder` that carry no layers, those of a matrix factorisation, and those of a recurrent net. */
export function drawRuns(run: string, folder: string): void {
  const copy = (id: string, title: string, layers?: LayerInfo[]) => {
    cpSync(run, join(folder, id), { recursive: true });
    const file = join(folder, id, 'run.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
    writeFileSync(
      file,
      JSON.stringify({ ...manifest, id, title, model: { ...manifest.model, layers } }),
    );
  };
  copy('plain', 'Plain');
  copy(
    'drawn-mf',
    'Drawn factors',
    layersOf(610, 9724, { factors: 50, implicitFeedback: false }, 3.5, [0.5, 5]),
  );
  const layer = (
    name: string,
    kind: string,
    inputs: string[],
    length: number[],
    parameters = 0,
  ) => ({
    ...{ name, kind, inputs, shape: [null, ...length], parameters },
  });
  copy('drawn-lstm', 'Drawn recurrence', [
    layer('words', 'input', [], [500]),
    layer('word vectors', 'embedding', ['words'], [500, 32], 160_000),
    layer('reading', 'lstm', ['word vectors'], [100], 53_200),
    layer('judgement', 'dense', ['reading'], [1], 101),
  ]);
}
