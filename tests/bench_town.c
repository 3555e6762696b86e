/* bench_town.c - writes a synthetic town to measure with, as GeoPackages in EPSG:25832: homes, green areas, land,
 * a walk network. Usage: bench_town FOLDER HOMES GREEN NODES [SHARE [SETBACK]].
 *
 *   homes.gpkg  points along the streets: id, persons
 *   green.gpkg  ragged areas of 0.1 to 9 ha; every tenth is two parcels that share a border
 *   land.gpkg   all of it, with a winding fjord from the west, 40 to 120 m wide
 *   paths.gpkg  streets as they are drawn: lines over several blocks, bends, missing streets, alleys, pairs of paths
 *               that cross without a common vertex, bridges on level 1
 *   edges.gpkg  the same streets cut at every junction, with the numbers of the nodes at both ends: for tools that do
 *               not cut lines themselves
 *
 * The town is a square of quarters, QUARTER by QUARTER blocks each, numbered in shells from its south-west corner. With
 * SHARE n only the quarters of a corner with one n-th of the area are written: a cut of the same town, with its share
 * of everything. SETBACK 0 puts the homes on the street itself, 1 (default) 4 to 25 m beside it. Everything comes from
 * hashes of places: equal parameters give equal files.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sund/layers.h"

enum { QUARTER = 20, RUN_MOST = 8, GREEN_MOST = 64 };

static const double PI = 3.14159265358979323846;
static const double BLOCK_M = 60, SOUTH_WEST_X = 600000, SOUTH_WEST_Y = 6170000;
static const double NODES_A_QUARTER = 488.0; /* as this town comes out after joining */

enum { SALT_NODE = 1, SALT_STREET, SALT_BREAK, SALT_BEND, SALT_BLOCK, SALT_HOME, SALT_GREEN, SALT_RING, SALT_LAND };

typedef struct town {
  uint64_t homes, green; /* of the whole town                        */
  uint32_t whole, side;  /* quarters along a side: all, and written  */
  double setback;
  double slot_m; /* side of the square a green area has to itself */
} town;

/* Shapes being drawn, once to count and once to fill. */
typedef struct brush {
  sund_table *table; /* NULL: count only */
  size_t rows, parts, vertices;
} brush;

typedef struct spot {
  double x, y;
} spot;

/* Chance from the place: mixes its numbers (finaliser of splitmix64; Steele, Lea, Flood 2014). Uniform in [0, 1). */
static double chance(uint32_t salt, uint32_t a, uint32_t b, uint32_t c) {
  uint64_t z = ((uint64_t)a << 32 | b) + ((uint64_t)c << 8 | salt) * 0x9e3779b97f4a7c15u;
  for (int k = 0; k < 2; k++) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
  }
  return (double)(z >> 11) * 0x1p-53;
}

static double between(double low, double high, double share) {
  return low + share * (high - low);
}

/* ------------------------------------------------------------------------------------------------------ streets */

/* The junction at the corner of blocks: a lattice, bent in the large and shaken in the small. */
static spot junction(uint32_t i, uint32_t j) {
  const double x = BLOCK_M * i, y = BLOCK_M * j;
  return (spot){SOUTH_WEST_X + x + 45 * sin(y / 410) + 22 * (chance(SALT_NODE, i, j, 0) - 0.5),
                SOUTH_WEST_Y + y + 45 * sin(x / 370) + 22 * (chance(SALT_NODE, i, j, 1) - 0.5)};
}

typedef enum block { PLAIN, ALLEY, CROSS, BRIDGE } block;

static block block_at(const town *t, uint32_t i, uint32_t j) {
  const uint32_t blocks = t->side * QUARTER;
  const double c = chance(SALT_BLOCK, i, j, 0);
  if (i >= blocks || j >= blocks) return PLAIN;
  if (c < 0.10) return ALLEY;
  if (c < 0.13) return CROSS;
  return c < 0.135 && i + 2 <= blocks ? BRIDGE : PLAIN;
}

/* Is there a street from the junction to the east (0) or north (1)? */
static bool street_at(const town *t, uint32_t direction, uint32_t i, uint32_t j) {
  const uint32_t blocks = t->side * QUARTER;
  if ((direction ? j : i) >= blocks) return false;
  if (!direction && block_at(t, i, j) == ALLEY) return true;
  return chance(SALT_STREET, direction, i, j) > 0.12;
}

/* A street's vertices over one block: both ends, and a bend between them on some. Returns their number. */
static size_t street(const town *t, uint32_t direction, uint32_t i, uint32_t j, spot out[3]) {
  const spot a = junction(i, j), b = junction(i + !direction, j + direction);
  const bool bent = chance(SALT_BEND, direction, i, j) < 0.4 || (!direction && block_at(t, i, j) == ALLEY);
  const double aside = 0.12 * (chance(SALT_BEND, i, direction, j) - 0.5);
  out[0] = a;
  out[1] = (spot){(a.x + b.x) / 2 - aside * (b.y - a.y), (a.y + b.y) / 2 + aside * (b.x - a.x)};
  out[1 + bent] = b;
  return bent ? 3 : 2;
}

static void draw(brush *p, size_t n, const spot *at) {
  if (p->table) {
    sund_shapes *s = p->table->shapes;
    for (size_t k = 0; k < n; k++) s->x[p->vertices + k] = at[k].x, s->y[p->vertices + k] = at[k].y;
    s->first_vertex[p->parts + 1] = p->vertices + n;
    s->first_part[p->rows + 1] = p->parts + 1;
  }
  p->vertices += n;
  p->parts++;
  p->rows++;
}

/* A line with its number and values. */
static void draw_line(brush *p, size_t n, const spot *at, size_t values, const int64_t *value) {
  if (p->table) {
    p->table->column[0].integer[p->rows] = (int64_t)p->rows + 1;
    for (size_t k = 0; k < values; k++) p->table->column[k + 1].integer[p->rows] = value[k];
  }
  draw(p, n, at);
}

static void draw_path(brush *p, size_t n, const spot *at, int64_t level) {
  draw_line(p, n, at, 1, &level);
}

static void draw_edge(brush *p, size_t n, const spot *at, int64_t from, int64_t to, int64_t level) {
  draw_line(p, n, at, 3, (const int64_t[]){from, to, level});
}

/* The streets along one row or column of junctions, several blocks a line. */
static void draw_streets(const town *t, brush *p, uint32_t direction, uint32_t across) {
  spot at[2 * RUN_MOST + 1];
  size_t n = 0;
  for (uint32_t along = 0; along <= t->side * QUARTER; along++) {
    const uint32_t i = direction ? across : along, j = direction ? along : across;
    const bool on = street_at(t, direction, i, j);
    if (n > 1 && (!on || n >= 2 * RUN_MOST - 1 || chance(SALT_BREAK, direction, i, j) < 0.3)) {
      draw_path(p, n, at, 0);
      n = 0;
    }
    if (!on) continue;
    n += street(t, direction, i, j, at + (n ? n - 1 : 0)) - (n ? 1 : 0);
  }
}

/* From the middle of the street south of a block into it. */
static void alley(const town *t, uint32_t i, uint32_t j, spot out[2]) {
  spot side[3];
  const spot a = junction(i, j), b = junction(i + 1, j + 1);
  street(t, 0, i, j, side);
  out[0] = side[1];
  out[1] = (spot){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

static void draw_paths(const town *t, brush *p) {
  const uint32_t blocks = t->side * QUARTER;
  for (uint32_t k = 0; k <= blocks; k++) draw_streets(t, p, 0, k);
  for (uint32_t k = 0; k <= blocks; k++) draw_streets(t, p, 1, k);
  for (uint32_t j = 0; j < blocks; j++)
    for (uint32_t i = 0; i < blocks; i++) {
      spot way[2];
      switch (block_at(t, i, j)) {
        case PLAIN:
          break;
        case ALLEY:
          alley(t, i, j, way);
          draw_path(p, 2, way, 0);
          break;
        case CROSS:
          draw_path(p, 2, (const spot[]){junction(i, j), junction(i + 1, j + 1)}, 0);
          draw_path(p, 2, (const spot[]){junction(i + 1, j), junction(i, j + 1)}, 0);
          break;
        case BRIDGE:
          draw_path(p, 2, (const spot[]){junction(i, j), junction(i + 2, j + 1)}, 1);
          break;
      }
    }
}

/* ------------------------------------------------------------------------------- the same, cut at every junction */

static int64_t node(const town *t, uint32_t i, uint32_t j) {
  return (int64_t)j * (t->whole * QUARTER + 1) + i + 1;
}

enum { FOOT, DEAD_END, MIDDLE }; /* nodes that are no corner of a block */

static int64_t node_inside(const town *t, uint32_t i, uint32_t j, int which) {
  const int64_t line = (int64_t)t->whole * QUARTER + 1;
  return line * line + 3 * node(t, i, j) + which;
}

static void draw_street_edges(const town *t, brush *p, uint32_t direction, uint32_t i, uint32_t j) {
  spot at[3];
  if (!street_at(t, direction, i, j)) return;
  const int64_t from = node(t, i, j), to = node(t, i + !direction, j + direction);
  const size_t n = street(t, direction, i, j, at);
  if (direction || block_at(t, i, j) != ALLEY) {
    draw_edge(p, n, at, from, to, 0);
    return;
  }
  draw_edge(p, 2, at, from, node_inside(t, i, j, FOOT), 0);
  draw_edge(p, 2, at + 1, node_inside(t, i, j, FOOT), to, 0);
}

static void draw_cross_edges(const town *t, brush *p, uint32_t i, uint32_t j) {
  const uint32_t di[] = {0, 1, 1, 0}, dj[] = {0, 0, 1, 1};
  spot c[4];
  for (int k = 0; k < 4; k++) c[k] = junction(i + di[k], j + dj[k]);
  const double ux = c[2].x - c[0].x, uy = c[2].y - c[0].y, vx = c[3].x - c[1].x, vy = c[3].y - c[1].y;
  const double share = ((c[1].x - c[0].x) * vy - (c[1].y - c[0].y) * vx) / (ux * vy - uy * vx);
  const spot middle = {c[0].x + share * ux, c[0].y + share * uy};
  for (int k = 0; k < 4; k++)
    draw_edge(p, 2, (const spot[]){c[k], middle}, node(t, i + di[k], j + dj[k]), node_inside(t, i, j, MIDDLE), 0);
}

static void draw_edges(const town *t, brush *p) {
  const uint32_t blocks = t->side * QUARTER;
  for (uint32_t j = 0; j <= blocks; j++)
    for (uint32_t i = 0; i <= blocks; i++) {
      spot way[2];
      draw_street_edges(t, p, 0, i, j);
      draw_street_edges(t, p, 1, i, j);
      switch (block_at(t, i, j)) {
        case PLAIN:
          break;
        case ALLEY:
          alley(t, i, j, way);
          draw_edge(p, 2, way, node_inside(t, i, j, FOOT), node_inside(t, i, j, DEAD_END), 0);
          break;
        case CROSS:
          draw_cross_edges(t, p, i, j);
          break;
        case BRIDGE:
          draw_edge(p, 2, (const spot[]){junction(i, j), junction(i + 2, j + 1)}, node(t, i, j),
                    node(t, i + 2, j + 1), 1);
          break;
      }
    }
}

/* ----------------------------------------------------------------------------------------------- homes and green */

/* Number of a quarter: shells around the south-west corner, so that a corner of the town has the lowest. */
static uint64_t quarter_number(uint32_t p, uint32_t q) {
  const uint64_t shell = p > q ? p : q;
  return shell * shell + (p < q ? p : shell + (shell - q));
}

/* How many of `all` things in the whole town are in quarters with a lower number. */
static uint64_t before(const town *t, uint64_t all, uint64_t number) {
  return number * all / ((uint64_t)t->whole * t->whole);
}

/* On a street of the quarter, or beside it. */
static spot home(const town *t, uint32_t p, uint32_t q, uint32_t which) {
  const uint32_t number = (uint32_t)quarter_number(p, q);
  uint32_t i = 0, j = 0, direction = 0;
  for (uint32_t attempt = 0; attempt < 16; attempt++) {
    const uint32_t key = which * 16 + attempt;
    i = p * QUARTER + (uint32_t)(QUARTER * chance(SALT_HOME, number, key, 0));
    j = q * QUARTER + (uint32_t)(QUARTER * chance(SALT_HOME, number, key, 1));
    direction = chance(SALT_HOME, number, key, 2) < 0.5;
    if (street_at(t, direction, i, j)) break;
  }
  spot at[3];
  const size_t n = street(t, direction, i, j, at);
  const size_t half = n == 3 && chance(SALT_HOME, number, which, 3) < 0.5;
  const double share = chance(SALT_HOME, number, which, 4);
  const double dx = at[half + 1].x - at[half].x, dy = at[half + 1].y - at[half].y;
  const double side = chance(SALT_HOME, number, which, 5) < 0.5 ? -1 : 1;
  const double aside = t->setback * side * between(4, 25, chance(SALT_HOME, number, which, 6)) / hypot(dx, dy);
  return (spot){at[half].x + share * dx - aside * dy, at[half].y + share * dy + aside * dx};
}

static sund_code make_homes(sund_ctx *ctx, const town *t, sund_table **out) {
  static const sund_field fields[] = {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL},
                                      {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL}};
  sund_table *table;
  const size_t rows = before(t, t->homes, (uint64_t)t->side * t->side);
  TRY(sund_table_new(ctx, "homes", SUND_POINT, rows, fields, 2, &table));
  for (uint32_t q = 0; q < t->side; q++)
    for (uint32_t p = 0; p < t->side; p++) {
      const uint64_t number = quarter_number(p, q), first = before(t, t->homes, number);
      for (uint64_t r = first; r < before(t, t->homes, number + 1); r++) {
        const spot at = home(t, p, q, (uint32_t)(r - first));
        table->x[r] = at.x, table->y[r] = at.y;
        if (!(table->column[0].text[r] = sund_text(ctx, "%llu", (unsigned long long)r + 1))) return SUND_LIMIT;
        table->column[1].real[r] = 1 + floor(5 * chance(SALT_HOME, (uint32_t)number, (uint32_t)(r - first), 7));
      }
    }
  *out = table;
  return SUND_OK;
}

/* A ragged ring around a centre inside its own slot, so that no two green areas touch. */
static size_t ring(const town *t, uint32_t p, uint32_t q, uint32_t slot, spot *centre, spot out[GREEN_MOST]) {
  const uint32_t number = (uint32_t)quarter_number(p, q), a_side = (uint32_t)(QUARTER * BLOCK_M / t->slot_m + 0.5);
  const size_t n = 20 + 2 * (size_t)(15 * chance(SALT_GREEN, number, slot, 0));
  const double most = t->slot_m / 2 - 5;
  const double radius = fmin(20 * pow(10, chance(SALT_GREEN, number, slot, 1)), most);
  const double room = most - radius;
  centre->x = SOUTH_WEST_X + QUARTER * BLOCK_M * p + t->slot_m * (slot % a_side + 0.5) +
              room * (2 * chance(SALT_GREEN, number, slot, 2) - 1);
  centre->y = SOUTH_WEST_Y + QUARTER * BLOCK_M * q + t->slot_m * (slot / a_side + 0.5) +
              room * (2 * chance(SALT_GREEN, number, slot, 3) - 1);
  for (size_t k = 0; k < n; k++) {
    const uint32_t key = slot * GREEN_MOST + (uint32_t)k;
    const double angle = 2 * PI * ((double)k + 0.8 * chance(SALT_RING, number, key, 0)) / (double)n;
    const double far = radius * between(0.65, 1, chance(SALT_RING, number, key, 1));
    out[k] = (spot){centre->x + far * cos(angle), centre->y + far * sin(angle)};
  }
  out[n] = out[0];
  return n;
}

static void draw_green(brush *p, size_t n, const spot *at, uint32_t kind) {
  static const char *const kinds[] = {"park", "forest", "wetland"}; /* open ground is entered as no peer does */
  if (p->table) {
    p->table->column[0].integer[p->rows] = (int64_t)p->rows + 1;
    p->table->column[1].text[p->rows] = kinds[kind % 3];
    p->table->column[2].text[p->rows] = "public";
  }
  draw(p, n, at);
}

/* One green area; or, when two are left, on some slots two parcels that share a border. */
static uint64_t draw_slot(const town *t, brush *pen, uint32_t p, uint32_t q, uint32_t slot, uint64_t left) {
  spot at[GREEN_MOST], centre, part[GREEN_MOST];
  const uint32_t number = (uint32_t)quarter_number(p, q);
  const size_t n = ring(t, p, q, slot, &centre, at);
  const uint32_t kind = (uint32_t)(3 * chance(SALT_GREEN, number, slot, 4));
  if (left < 2 || chance(SALT_GREEN, number, slot, 5) > 0.1) {
    draw_green(pen, n + 1, at, kind);
    return 1;
  }
  for (size_t half = 0; half < 2; half++) {
    part[0] = centre;
    memcpy(part + 1, at + half * (n / 2), (n / 2 + 1) * sizeof *part);
    part[n / 2 + 2] = centre;
    draw_green(pen, n / 2 + 3, part, kind);
  }
  return 2;
}

static void draw_all_green(const town *t, brush *pen) {
  for (uint32_t q = 0; q < t->side; q++)
    for (uint32_t p = 0; p < t->side; p++) {
      const uint64_t number = quarter_number(p, q);
      uint64_t left = before(t, t->green, number + 1) - before(t, t->green, number);
      for (uint32_t slot = 0; left; slot++) left -= draw_slot(t, pen, p, q, slot, left);
    }
}

/* -------------------------------------------------------------------------------------------------------- land */

/* The town and 500 m around it, as one ring that follows both banks of the fjord. */
static void draw_land(const town *t, brush *p) {
  enum { BANK = 400 };
  const double side = QUARTER * BLOCK_M * t->side, around = 500, length = 0.8 * side + around;
  const double west = SOUTH_WEST_X - around, south = SOUTH_WEST_Y - around, whole = side + 2 * around;
  spot ring[2 * BANK + 5] = {
      {west, south}, {west + whole, south}, {west + whole, south + whole}, {west, south + whole}};
  for (uint32_t k = 0; k < BANK; k++) {
    const double along = length * k / BANK, middle = south + whole / 2 + 120 * sin(along / 700);
    ring[4 + k] = (spot){west + along, middle + between(20, 60, chance(SALT_LAND, k, 0, 0))};
    ring[3 + 2 * BANK - k] = (spot){west + along, middle - between(20, 60, chance(SALT_LAND, k, 1, 0))};
  }
  ring[2 * BANK + 4] = ring[0];
  if (p->table) p->table->column[0].integer[p->rows] = 1;
  draw(p, 2 * BANK + 5, ring);
}

/* ------------------------------------------------------------------------------------------------------- files */

static sund_code save(sund_ctx *ctx, const char *folder, const sund_table *table) {
  sund_crs *crs = NULL;
  char *path = sund_text(ctx, "%s/%s.gpkg", folder, table->name);
  if (!path) return SUND_LIMIT;
  TRY(sund_crs_open(ctx, "EPSG:25832", &crs));
  sund_layer only = {.table = table, .title = {table->name, table->name, table->name}, .indexed = true};
  sund_gpkg_spec spec = {.path = path,
                         .overwrite = true,
                         .crs = crs,
                         .language = 2,
                         .date = "2024-01-31T00:00:00.000Z",
                         .record = "{}",
                         .layers = 1,
                         .layer = &only};
  return sund_gpkg_write(ctx, &spec);
}

typedef struct layer {
  const char *name;
  sund_kind kind;
  void (*draw)(const town *t, brush *p);
  sund_field fields[4];
  size_t columns;
} layer;

static const layer sheets[] = {
    {"green",
     SUND_AREA,
     draw_all_green,
     {{"id", SUND_INT, NULL, {"id", "id", "id"}, NULL},
      {"kind", SUND_TEXT, NULL, {"slags", "slag", "kind"}, NULL},
      {"access", SUND_TEXT, NULL, {"adgang", "tillgång", "access"}, NULL}},
     3},
    {"land", SUND_AREA, draw_land, {{"id", SUND_INT, NULL, {"id", "id", "id"}, NULL}}, 1},
    {"paths",
     SUND_LINE,
     draw_paths,
     {{"id", SUND_INT, NULL, {"id", "id", "id"}, NULL}, {"level", SUND_INT, NULL, {"niveau", "nivå", "level"}, NULL}},
     2},
    {"edges",
     SUND_LINE,
     draw_edges,
     {{"id", SUND_INT, NULL, {"id", "id", "id"}, NULL},
      {"source", SUND_INT, NULL, {"fra", "från", "from"}, NULL},
      {"target", SUND_INT, NULL, {"til", "till", "to"}, NULL},
      {"level", SUND_INT, NULL, {"niveau", "nivå", "level"}, NULL}},
     4},
};

static sund_code write_sheet(sund_ctx *ctx, const town *t, const char *folder, const layer *sheet) {
  brush count = {0}, fill = {0};
  sheet->draw(t, &count);
  TRY(sund_table_new(ctx, sheet->name, sheet->kind, count.rows, sheet->fields, sheet->columns, &fill.table));
  TRY(sund_shapes_new(ctx, sheet->kind, count.rows, count.parts, count.vertices, &fill.table->shapes));
  sheet->draw(t, &fill);
  printf("%s %zu vertices %zu\n", sheet->name, count.rows, count.vertices);
  return save(ctx, folder, fill.table);
}

static sund_code write_town(sund_ctx *ctx, const town *t, const char *folder) {
  sund_table *homes;
  TRY(make_homes(ctx, t, &homes));
  printf("homes %zu\n", homes->rows);
  TRY(save(ctx, folder, homes));
  for (size_t k = 0; k < sizeof sheets / sizeof *sheets; k++) {
    const bool peers_only = sheets[k].draw == draw_edges;
    if (!peers_only || t->side < t->whole) TRY(write_sheet(ctx, t, folder, &sheets[k]));
  }
  return SUND_OK;
}

int main(int argc, char **argv) {
  if (argc < 5) {
    fprintf(stderr, "usage: bench_town FOLDER HOMES GREEN NODES [SHARE [SETBACK]]\n");
    return 2;
  }
  town t = {.homes = strtoull(argv[2], NULL, 10), .green = strtoull(argv[3], NULL, 10)};
  const double share = argc > 5 ? strtod(argv[5], NULL) : 1;
  t.setback = argc > 6 ? strtod(argv[6], NULL) : 1;
  t.whole = (uint32_t)fmax(1, round(sqrt(strtod(argv[4], NULL) / NODES_A_QUARTER)));
  t.side = (uint32_t)fmax(1, round(t.whole / sqrt(fmax(share, 1))));
  const double a_quarter = (double)t.green / t.whole / t.whole;
  t.slot_m = QUARTER * BLOCK_M / ceil(sqrt(ceil(a_quarter)));
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx) return 2;
  const sund_code code = write_town(ctx, &t, argv[1]);
  const char *why = "";
  if (sund_failure(ctx, &why, NULL, NULL) != SUND_OK) fprintf(stderr, "bench_town: %s\n", why);
  sund_ctx_free(ctx);
  return code == SUND_OK ? 0 : 1;
}
