import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * What a script of this folder prints as JSON, in the Python that `EMBEDSCOPE_PYTHON` names (python3); a line that says
 * why not when it does not run.
 *
 * @param files written to a folder; their paths come before `args`, in this order
 */
export function inPython<Answer>(
  script: string,
  files: Record<string, Float32Array>,
  args: string[],
): Answer | string {
  const folder = mkdtempSync(join(tmpdir(), 'embedscope-bench-'));
  try {
    const paths = Object.entries(files).map(([name, values]) => {
      const path = join(folder, name);
      writeFileSync(path, values);
      return path;
    });
    const printed = execFileSync(
      process.env.EMBEDSCOPE_PYTHON ?? 'python3',
      [fileURLToPath(new URL(script, import.meta.url)), ...paths, ...args],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return JSON.parse(printed) as Answer;
  } catch (error) {
    const text = (error as { stderr?: string }).stderr || String(error);
    return text.trim().split('\n').at(-1)!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
