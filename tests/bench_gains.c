/* bench_gains.c - writes candidates for a town of bench_town, to measure with: a third gates on boundaries of green, a
 * third paths of 80 to 400 m, a third green areas of 0.1 to 1 ha. Usage: bench_gains FOLDER COUNT
 *
 *   FOLDER/gates.gpkg  FOLDER/links.gpkg  FOLDER/parcels.gpkg   each with id, cost
 *
 * Then: sund access --homes homes.gpkg --green green.gpkg --paths paths.gpkg --candidates gates.gpkg
 *       --candidates links.gpkg --candidates parcels.gpkg -o result.gpkg
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sund/layers.h"

static const double PI = 3.14159265358979323846;

static const sund_field fields[] = {{"id", SUND_TEXT, NULL, {"id", "id", "id"}, NULL},
                                    {"cost", SUND_REAL, NULL, {"pris", "kostnad", "cost"}, NULL},
                                    {"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, NULL}};

/* splitmix64 (Steele, Lea, Flood 2014), uniform in [low, high). */
static double chance(uint64_t *state, double low, double high) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return low + (high - low) * ((double)((z ^ (z >> 31)) >> 11) * 0x1p-53);
}

static sund_code read_green(sund_ctx *ctx, const char *folder, const sund_crs *crs, sund_table **out) {
  sund_source source = {0};
  const sund_frame frame = {crs, NULL};
  sund_reading reading;
  sund_findings findings = {0};
  const char *path = sund_text(ctx, "%s/green.gpkg", folder);
  if (!path) return SUND_LIMIT;
  TRY(sund_source_parse(ctx, SUND_GREEN, path, &source));
  return sund_vector_read(ctx, &source, &frame, out, &reading, &findings);
}

/* A point, a line or a rectangle, 2 or 5 vertices. */
static void draw(uint64_t *seed, sund_kind kind, const sund_shapes *green, const double box[4], double *x,
                 double *y) {
  double at_x = chance(seed, box[0], box[2]), at_y = chance(seed, box[1], box[3]);
  double turn = chance(seed, 0, 2 * PI), along = chance(seed, 80, 400), across = chance(seed, 30, 100);
  size_t vertex = (size_t)chance(seed, 0, (double)green->vertices);
  if (kind == SUND_POINT) x[0] = green->x[vertex], y[0] = green->y[vertex];
  if (kind == SUND_LINE) x[0] = at_x, y[0] = at_y, x[1] = at_x + along * cos(turn), y[1] = at_y + along * sin(turn);
  static const double corner[5][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
  for (int k = 0; kind == SUND_AREA && k < 5; k++)
    x[k] = at_x + across * corner[k][0], y[k] = at_y + across * corner[k][1];
}

static sund_code write_kind(sund_ctx *ctx, const char *folder, sund_kind kind, size_t count, const sund_shapes *green,
                            const sund_crs *crs) {
  static const char *const name[] = {NULL, "gates", "links", "parcels"};
  const size_t each = kind == SUND_LINE ? 2 : 5;
  uint64_t seed = (uint64_t)kind;
  double box[4];
  sund_table *table;
  sund_shapes_extent(green, box);
  TRY(sund_table_new(ctx, name[kind], kind, count, fields, 3, &table));
  if (kind != SUND_POINT) TRY(sund_shapes_new(ctx, kind, count, count, each * count, &table->shapes));
  for (size_t r = 0; r < count; r++) {
    if (kind == SUND_POINT) draw(&seed, kind, green, box, table->x + r, table->y + r);
    else draw(&seed, kind, green, box, table->shapes->x + each * r, table->shapes->y + each * r);
    if (kind != SUND_POINT)
      table->shapes->first_part[r + 1] = r + 1, table->shapes->first_vertex[r + 1] = each * (r + 1);
    if (!(table->column[0].text[r] = sund_text(ctx, "%s-%zu", name[kind], r + 1))) return SUND_LIMIT;
    table->column[1].real[r] = floor(chance(&seed, 10, 1000));
    table->column[2].text[r] = "public";
  }
  const sund_layer layer = {.table = table,
                            .title = {name[kind], name[kind], name[kind]},
                            .summary = {name[kind], name[kind], name[kind]},
                            .indexed = true};
  const sund_gpkg_spec spec = {.path = sund_text(ctx, "%s/%s.gpkg", folder, name[kind]),
                               .overwrite = true,
                               .crs = crs,
                               .language = 2,
                               .date = "2024-01-01T00:00:00.000Z",
                               .record = "{}",
                               .layers = 1,
                               .layer = &layer};
  return spec.path ? sund_gpkg_write(ctx, &spec) : SUND_LIMIT;
}

static sund_code write_all(sund_ctx *ctx, const char *folder, size_t count) {
  sund_crs *crs;
  sund_table *green;
  TRY(sund_crs_open(ctx, "EPSG:25832", &crs));
  TRY(read_green(ctx, folder, crs, &green));
  for (sund_kind kind = SUND_POINT; kind <= SUND_AREA; kind++) {
    size_t share = (count + (size_t)(kind - SUND_POINT)) / 3;
    TRY(write_kind(ctx, folder, kind, share, green->shapes, crs));
  }
  return SUND_OK;
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: bench_gains FOLDER COUNT\n");
    return 2;
  }
  sund_ctx *ctx = sund_ctx_new();
  if (!ctx) return 2;
  const sund_code code = write_all(ctx, argv[1], strtoull(argv[2], NULL, 10));
  const char *why = "";
  if (sund_failure(ctx, &why, NULL, NULL) != SUND_OK) fprintf(stderr, "bench_gains: %s\n", why);
  sund_ctx_free(ctx);
  return code == SUND_OK ? 0 : 1;
}
