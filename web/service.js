// The one live connection of a page: everything else takes it from here.

import { LevelOne } from "./level_one.js";

export const service = new LevelOne();
