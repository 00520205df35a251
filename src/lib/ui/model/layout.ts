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
  right: { input: 20, hidden: 16, output: 11 },
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

interface Boxes {
  /** One size for all along the other side than the arrows', so that what is chained stands in a line. */
  of: Map<string, { width: number; height: number; lines: string[] }>;
  /** From a box's left and top to the middle of the symbol; from left to right the symbol is in the middle. */
  x: (width: number) => number;
  y: (height: number) => number;
}

function boxesOf(nodes: readonly GraphNode[], direction: Direction): Boxes {
  const room = nodes.some(({ loop }) => loop) ? loopRoom : 0;
  const texts = nodes.map(({ id, label, details, ellipsis }) => {
    const lines = ellipsis ? [] : inLines(label);
    const rows = [...lines, ...details];
    const width = Math.max(0, ...rows.map(({ length }) => length * letter));
    return { id, lines, width, height: rows.length * lineHeight };
  });
  const widest = Math.max(0, ...texts.map(({ width }) => width));
  const highest = Math.max(0, ...texts.map(({ height }) => height));
  const of: Boxes['of'] = new Map();
  for (const { id, lines, width, height } of texts) {
    const box =
      direction === 'right'
        ? {
            width: Math.max(2 * symbol.halfWidth, width),
            height: room + 2 * symbol.halfHeight + 2 + highest,
          }
        : {
            width: room + 2 * symbol.halfWidth + 6 + widest,
            height: Math.max(2 * symbol.halfHeight, height),
          };
    of.set(id, { ...box, lines });
  }
  return direction === 'right'
    ? { of, x: (width) => width / 2, y: () => room + symbol.halfHeight }
    : { of, x: () => room + symbol.halfWidth, y: (height) => height / 2 };
}

/**
 * Places in pixels for a graph: ranks one after another, with as few crossings as can be found (Gansner et al. 1993),
 * and turned over where layers would otherwise stand against the order of the list.
 */
export function layOut({ nodes, edges }: Graph, direction: Direction): Placed {
  const dagre = new Dagre({ multigraph: true });
  dagre.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    ...(direction === 'right' ? { nodesep: 14, ranksep: 44 } : { nodesep: 16, ranksep: 34 }),
    edgesep: 14,
    marginx: margin,
    marginy: margin,
  });
  dagre.setDefaultEdgeLabel(() => ({}));
  const boxes = boxesOf(nodes, direction);
  for (const [id, { width, height }] of boxes.of) dagre.setNode(id, { width, height });
  edges.forEach(({ from, to }, i) => dagre.setEdge(from, to, {}, String(i)));
  layout(dagre);

  const { width = 0, height = 0 } = dagre.graph();
  const [along, across] = direction === 'right' ? (['x', 'y'] as const) : (['y', 'x'] as const);
  const breadth = direction === 'right' ? height : width;
  const turned = descends(
    nodes.map(({ id }) => dagre.node(id)),
    along,
    across,
  );
  const place = (point: Point): Point => ({
    x: point.x,
    y: point.y,
    ...(turned && { [across]: breadth - point[across] }),
  });

  const placed = nodes.map((node): PlacedNode => {
    const box = boxes.of.get(node.id)!;
    const centre = place(dagre.node(node.id));
    const x = centre.x - box.width / 2 + boxes.x(box.width);
    const y = centre.y - box.height / 2 + boxes.y(box.height);
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

  const extent = direction === 'right' ? 'width' : 'height';
  const halfOf = (id: string) => boxes.of.get(id)![extent] / 2;
  /** Where each rank lies along the arrows, by its middle, and half of its extent. */
  const ranks = new Map<number, number>();
  for (const { id } of nodes) {
    const middle = Math.round(dagre.node(id)[along]);
    ranks.set(middle, Math.max(ranks.get(middle) ?? 0, halfOf(id)));
  }
  const byId = new Map(placed.map((node) => [node.id, node]));
  const moved = (point: Point, by: number): Point => ({ ...point, [along]: point[along] + by });

  return {
    direction,
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: placed,
    edges: edges.map((edge, i): PlacedEdge => {
      const [from, to] = [byId.get(edge.from)!, byId.get(edge.to)!];
      const points: Point[] = dagre.edge(edge.from, edge.to, String(i)).points ?? [];
      const passed = points.slice(1, -1).flatMap((point) => {
        // Of the points on the way only those count where a rank is passed: there the line goes straight on.
        const half = ranks.get(Math.round(point[along]));
        return half === undefined ? [] : [moved(place(point), -half), moved(place(point), half)];
      });
      // It leaves and enters a box straight, clear of the text in it.
      const start = moved({ x: from.x, y: from.y }, reachOf(from, direction));
      const tip = moved({ x: to.x, y: to.y }, -reachOf(to, direction) - 1);
      const foot = moved(tip, -headLength);
      const out = { ...start, [along]: dagre.node(edge.from)[along] + halfOf(edge.from) };
      const into = { ...foot, [along]: dagre.node(edge.to)[along] - halfOf(edge.to) };
      const line = [
        start,
        ...(out[along] > start[along] ? [out] : []),
        ...passed,
        ...(into[along] < foot[along] ? [into] : []),
        foot,
      ];
      return { ...edge, path: smooth(line, direction), head: { ...tip, direction } };
    }),
  };
}

/** Whether within their ranks points fall more than they rise with their place in the list. */
function descends(points: readonly Point[], along: 'x' | 'y', across: 'x' | 'y'): boolean {
  const ranks = new Map<number, number[]>();
  for (const point of points) {
    const rank = Math.round(point[along]);
    ranks.set(rank, [...(ranks.get(rank) ?? []), point[across]]);
  }
  let rise = 0;
  for (const values of ranks.values()) {
    const middle = (values.length - 1) / 2;
    values.forEach((value, i) => (rise += (i - middle) * value));
  }
  return rise < 0;
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
