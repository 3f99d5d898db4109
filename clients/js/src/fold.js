// What a delta makes of the `data` of a view. Pure: gives new data and leaves the old as it was.

// A delta does not fit the data that it is applied to.
export class Misfit extends Error {}

const within = (index, end) => Number.isInteger(index) && index >= 0 && index < end;

// `removed` are indices of the list as it was, falling; `added` pairs of index and item, rising.
export function foldList(list, { removed = [], added = [] }) {
  if (!Array.isArray(list)) throw new Misfit("no list to fold into");
  const folded = [...list];
  let end = list.length;
  for (const index of removed) {
    if (!within(index, end)) throw new Misfit(`nothing to remove at ${index}`);
    folded.splice(index, 1);
    end = index;
  }
  for (const [index, item] of added) {
    if (!within(index, folded.length + 1)) throw new Misfit(`no place for an item at ${index}`);
    folded.splice(index, 0, item);
  }
  return folded;
}

// Through a map, since a category may be named `__proto__`.
function foldMembers(data, { set = {}, unset = [], lists = {} }) {
  const members = new Map(Object.entries(data));
  for (const [name, value] of Object.entries(set)) members.set(name, value);
  for (const name of unset) members.delete(name);
  for (const [name, changes] of Object.entries(lists)) members.set(name, foldList(members.get(name), changes));
  return Object.fromEntries(members);
}

function foldCells(data, { shift = 0, cells = [] }) {
  if (!within(shift, data.length + 1)) throw new Misfit(`cannot shift ${data.length} cells by ${shift}`);
  const folded = data.slice(shift);
  for (const [index, cell] of cells) {
    if (!within(index, folded.length + 1)) throw new Misfit(`no place for a cell at ${index}`);
    folded[index] = cell;
  }
  return folded;
}

const folds = { dashboard: foldMembers, categories: foldMembers, pending: foldList, hourly: foldCells };

// The data of `view` after `delta`. Throws Misfit.
export const fold = (view, data, delta) => folds[view](data, delta);
