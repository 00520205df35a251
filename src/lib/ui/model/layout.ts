import { Graph as Dagre, layout } from '@dagrejs/dagre';
import type { Graph, GraphEdge, GraphNode } from './graph.ts';

/** From left to right, or from top to bottom. */
export type Direction = 'right' | 'down';

export interface PlacedNode extends GraphNode {
  /** The middle of its symbol. */
  x: number;
  y: number;
  /** The label in lines, with the baseline of the first; details follow below. */
  lines: string[];
  text: { x: number; y: number; anchor: 'middle' | 'start' };
}

export interface PlacedEdge extends GraphEdge {
  /** The `d` of the line, which ends at the foot of the arrow's head. */
  path: string;
  head: Head;
}

/** An arrow's head: its tip, and the way it points. */
export interface Head {
  x: number;
  y: number;
  direction: Direction;
}

export interface Placed {
  direction: Direction;
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

export const lineHeight = 16;
export const headLength = 9;
/** From the middle of a symbol to its rim, along the arrows. */
const reach = {
  right: { input: 20, hidden: 16, output: 10 },
  down: { input: 14, hidden: 16, output: 17 },
} as const;
const symbol = { halfWidth: 20, halfHeight: 17 };
const loopRoom = 26;
const ellipsisReach = 12;
const margin = 8;
/** Of a letter, in the size that labels have; wide enough for the semibold ones. */
const letter = 6.9;

/** A label in lines of up to 16 letters, broken at spaces. */
export function inLines(label: string, longest = 16): string[] {
  const lines: string[] = [];
  for (const word of label.split(' ')) {
    const line = lines[lines.length - 1];
    if (line !== undefined && line.length + 1 + word.length <= longest) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

interface Box {
  width: number;
  height: number;
  /** From the box's left and top to the middle of the symbol. */
  x: number;
  y: number;
  lines: string[];
}

function boxOf({ label, details, loop, ellipsis }: GraphNode, direction: Direction): Box {
  const lines = ellipsis ? [] : inLines(label);
  const rows = [...lines, ...details];
  const textWidth = Math.max(0, ...rows.map(({ length }) => length * letter));
  const textHeight = rows.length * lineHeight;
  const room = loop ? loopRoom : 0;
  if (direction === 'right') {
    const width = Math.max(2 * symbol.halfWidth, textWidth);
    const y = room + symbol.halfHeight;
    return { width, height: y + symbol.halfHeight + 2 + textHeight, x: width / 2, y, lines };
  }
  const x = room + symbol.halfWidth;
  const height = Math.max(2 * symbol.halfHeight, textHeight);
  return { width: x + symbol.halfWidth + 6 + textWidth, height, x, y: height / 2, lines };
}

/** Places in pixels for a graph: ranks one after another, as few crossings as can be found (Gansner et al. 1993). */
export function layOut({ nodes, edges }: Graph, direction: Direction): Placed {
  const dagre = new Dagre({ multigraph: true });
  dagre.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    ...(direction === 'right' ? { nodesep: 18, ranksep: 40 } : { nodesep: 20, ranksep: 36 }),
    edgesep: 14,
    marginx: margin,
    marginy: margin,
  });
  dagre.setDefaultEdgeLabel(() => ({}));
  const boxes = new Map(nodes.map((node) => [node.id, boxOf(node, direction)]));
  for (const [id, { width, height }] of boxes) dagre.setNode(id, { width, height });
  edges.forEach(({ from, to }, i) => dagre.setEdge(from, to, {}, String(i)));
  layout(dagre);

  const placed = nodes.map((node): PlacedNode => {
    const box = boxes.get(node.id)!;
    const centre = dagre.node(node.id);
    const x = centre.x - box.width / 2 + box.x;
    const y = centre.y - box.height / 2 + box.y;
    const textHeight = (box.lines.length + node.details.length) * lineHeight;
    const text =
      direction === 'right'
        ? { x, y: y + symbol.halfHeight + lineHeight - 2, anchor: 'middle' as const }
        : {
            x: x + symbol.halfWidth + 6,
            y: y - textHeight / 2 + lineHeight - 4,
            anchor: 'start' as const,
          };
    return { ...node, x, y, lines: box.lines, text };
  });

  const along = direction === 'right' ? 'x' : 'y';
  const extent = direction === 'right' ? 'width' : 'height';
  /** Where each rank lies along the arrows, by its middle. */
  const ranks = new Map<number, number>();
  for (const [id, box] of boxes) {
    const middle = Math.round(dagre.node(id)[along]);
    ranks.set(middle, Math.max(ranks.get(middle) ?? 0, box[extent] / 2));
  }
  const byId = new Map(placed.map((node) => [node.id, node]));
  const graph = dagre.graph();
  return {
    direction,
    width: Math.ceil(graph.width ?? 0),
    height: Math.ceil(graph.height ?? 0),
    nodes: placed,
    edges: edges.map((edge, i): PlacedEdge => {
      const [from, to] = [byId.get(edge.from)!, byId.get(edge.to)!];
      const points: Point[] = dagre.edge(edge.from, edge.to, String(i)).points ?? [];
      const passed = points.slice(1, -1).flatMap((point) => {
        // Of the points on the way only those count where a rank is passed: there the line goes straight on.
        const half = ranks.get(Math.round(point[along]));
        if (half === undefined) return [];
        return [-half, half].map((shift) => ({ ...point, [along]: point[along] + shift }));
      });
      const start = { x: from.x, y: from.y, [along]: from[along] + reachOf(from, direction) };
      const tip = { x: to.x, y: to.y, [along]: to[along] - reachOf(to, direction) - 1 };
      const foot = { ...tip, [along]: tip[along] - headLength };
      return {
        ...edge,
        path: smooth([start, ...passed, foot], direction),
        head: { ...tip, direction },
      };
    }),
  };
}

function reachOf({ role, ellipsis }: GraphNode, direction: Direction): number {
  return ellipsis ? ellipsisReach : reach[direction][role];
}

interface Point {
  x: number;
  y: number;
}

/** A line through points that leaves and reaches each of them along the arrows. */
function smooth(points: readonly Point[], direction: Direction): string {
  const at = ({ x, y }: Point) => `${rounded(x)} ${rounded(y)}`;
  return points.reduce((path, point, i) => {
    if (i === 0) return `M ${at(point)}`;
    const before = points[i - 1];
    const middle = { x: (before.x + point.x) / 2, y: (before.y + point.y) / 2 };
    const [first, second] =
      direction === 'right'
        ? [
            { x: middle.x, y: before.y },
            { x: middle.x, y: point.y },
          ]
        : [
            { x: before.x, y: middle.y },
            { x: point.x, y: middle.y },
          ];
    return `${path} C ${at(first)}, ${at(second)}, ${at(point)}`;
  }, '');
}

/** The loop of a recurrent layer, from the symbol's rim back to it: above it, or at its left. */
export function loopOf({ x, y }: Point, direction: Direction): { path: string; head: Head } {
  if (direction === 'right') {
    const top = y - 40;
    const path = `M ${rounded(x + 9)} ${rounded(y - 13)} C ${rounded(x + 30)} ${rounded(top)}, ${rounded(x - 10)} ${rounded(top - 4)}, ${rounded(x - 9)} ${rounded(y - 14 - headLength)}`;
    return { path, head: { x: x - 9, y: y - 14, direction: 'down' } };
  }
  const left = x - 40;
  const path = `M ${rounded(x - 13)} ${rounded(y + 9)} C ${rounded(left)} ${rounded(y + 30)}, ${rounded(left - 4)} ${rounded(y - 10)}, ${rounded(x - 14 - headLength)} ${rounded(y - 9)}`;
  return { path, head: { x: x - 14, y: y - 9, direction: 'right' } };
}

/** The corners of an arrow's head. */
export function headPoints({ x, y, direction }: Head): string {
  const back = headLength + 1;
  const wing = 4.5;
  const corners: [number, number][] =
    direction === 'right'
      ? [
          [x, y],
          [x - back, y - wing],
          [x - back, y + wing],
        ]
      : [
          [x, y],
          [x - wing, y - back],
          [x + wing, y - back],
        ];
  return corners.map((corner) => corner.map(rounded).join(',')).join(' ');
}

/** From left to right where that fits the width, else from top to bottom, else what is narrower. */
export function fitted(graph: Graph, width: number): Placed {
  const right = layOut(graph, 'right');
  if (right.width <= width) return right;
  const down = layOut(graph, 'down');
  return down.width <= width || down.width < right.width ? down : right;
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
