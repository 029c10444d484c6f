export const hotspots = {};
