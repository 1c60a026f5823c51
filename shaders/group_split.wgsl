  // Four channels, and the rows from first to end: a split of those of a group.
  let i = gid.x + gid.y * groups.x * 32u;
  let c4 = p.c / 4u;
  if (i >= p.groups * p.splits * c4) { return; }
  let ch = i % c4;
  let split = i / c4 % p.splits;
  let group = i / c4 / p.splits;
  let begin = group_offset[group] * p.slot_rows;
  let count = group_offset[group + 1u] * p.slot_rows - begin;
  let share = (count + p.splits - 1u) / p.splits;
  let first = begin + min(split * share, count);
  let end = begin + min((split + 1u) * share, count);
