// Where a row of a patch of side x side positions goes when 2x2 neighbours
// become adjacent: (slot, y, x) -> (slot, y/2, x/2, y%2, x%2). Side 0 keeps it.
fn regroup(row: u32, side: u32) -> u32 {
  if (side == 0u) { return row; }
  let area = side * side;
  let slot = row / area;
  let y = row % area / side;
  let x = row % side;
  let parent = y / 2u * (side / 2u) + x / 2u;
  return slot * area + parent * 4u + (y & 1u) * 2u + (x & 1u);
}

