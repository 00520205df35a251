export interface DownloadOptions {
  signal?: AbortSignal;
}
export async function downloadMovieLens(_options: DownloadOptions): Promise<string> {
  throw new Error('soon');
}
