/** A worker of a browser that is a member of a team. */
import { type Membership, work } from './teamMember.mjs';

self.onmessage = ({ data }: MessageEvent<Membership>) => {
  work(data, () => self.postMessage('ready'));
  self.close();
};
