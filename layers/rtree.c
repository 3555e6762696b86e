/* rtree.c - a packed R-tree written straight into the shadow tables of SQLite's rtree module.
 *
 * Inserting box by box searches and splits nodes and is most of the time of writing a GeoPackage. Here the boxes are
 * sorted along a Hilbert curve (Kamel and Faloutsos 1993), cut into full leaves, and each level above is cut from the
 * one below; the nodes are then plain rows.
 *
 *   NAME_node    (nodeno, data): 2 bytes depth of the tree (root only), 2 bytes cells, cells of 8 bytes id and four
 *                32-bit floats min x, max x, min y, max y, all big-endian, the rest 0. Node 1 is the root.
 *   NAME_rowid   (rowid, nodeno): the leaf a box is in
 *   NAME_parent  (nodeno, parentnode): every node but the root
 *
 * Nodes are numbered from the root down, level by level. Cells of a level are spread evenly over its nodes, so that
 * no node is left nearly empty.
 */
#include "rtree.h"

#include <assert.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "gpkg.h"

/* A node on a 4096-byte page: SQLite takes what fits, at most 51 cells. */
enum { CELLS = 51, CELL_SIZE = 24, NODE_SIZE = 4 + CELLS * CELL_SIZE };
enum { LEVELS = 12 }; /* 51^12 boxes: more than 2^64 */

typedef struct cell {
  int64_t id;   /* of the box in a leaf, else number of the node below */
  float box[4]; /* min x, max x, min y, max y                          */
} cell;

typedef struct tree {
  sund_ctx *ctx;
  sqlite3 *db;
  const char *name;
  size_t levels;
  size_t nodes[LEVELS];  /* per level, leaves first      */
  int64_t first[LEVELS]; /* number of its first node     */
  cell *cells;           /* of the level being written   */
  sqlite3_stmt *node, *parent, *rowid;
} tree;

static float down(double value) {
  float f = (float)value;
  return (double)f > value ? nextafterf(f, -INFINITY) : f;
}

static float up(double value) {
  float f = (float)value;
  return (double)f < value ? nextafterf(f, INFINITY) : f;
}

/* Rows along the Hilbert curve of their boxes' middles. */
static sund_code sort_boxes(sund_ctx *ctx, size_t n, const double *boxes, size_t **out) {
  size_t *order = sund_alloc(ctx, n, sizeof *order);
  double *x = sund_alloc(ctx, n, sizeof *x), *y = sund_alloc(ctx, n, sizeof *y);
  if (!order || !x || !y) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    x[i] = boxes[4 * i] / 2 + boxes[4 * i + 2] / 2;
    y[i] = boxes[4 * i + 1] / 2 + boxes[4 * i + 3] / 2;
  }
  TRY(sund_hilbert_order(ctx, n, x, y, order));
  *out = order;
  return SUND_OK;
}

static uint8_t *put(uint8_t *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) at[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
  return at + bytes;
}

static void make_node(const cell *cells, size_t count, size_t depth, uint8_t node[NODE_SIZE]) {
  assert(count <= CELLS);
  uint8_t *at = put(put(node, depth, 2), count, 2);
  for (size_t i = 0; i < count; i++) {
    at = put(at, (uint64_t)cells[i].id, 8);
    for (int k = 0; k < 4; k++) {
      uint32_t bits;
      memcpy(&bits, &cells[i].box[k], sizeof bits);
      at = put(at, bits, 4);
    }
  }
  memset(at, 0, (size_t)(node + NODE_SIZE - at));
}

static void cover(const cell *cells, size_t count, float box[4]) {
  memcpy(box, cells[0].box, 4 * sizeof *box);
  for (size_t i = 1; i < count; i++) {
    for (int k = 0; k < 4; k += 2) {
      if (cells[i].box[k] < box[k]) box[k] = cells[i].box[k];
      if (cells[i].box[k + 1] > box[k + 1]) box[k + 1] = cells[i].box[k + 1];
    }
  }
}

static sund_code step(tree *t, sqlite3_stmt *statement) {
  int rc = sqlite3_step(statement);
  sqlite3_reset(statement);
  return rc == SQLITE_DONE ? SUND_OK : gpkg_failed(t->ctx, t->db, rc, "writing the spatial index");
}

static sund_code put_pair(tree *t, sqlite3_stmt *statement, int64_t a, int64_t b) {
  sqlite3_bind_int64(statement, 1, a);
  sqlite3_bind_int64(statement, 2, b);
  return step(t, statement);
}

/* Cells of node k of a level with `count` cells: [k * count / nodes, (k + 1) * count / nodes). */
static size_t split(size_t count, size_t nodes, size_t k) {
  return k * (count / nodes) + (k < count % nodes ? k : count % nodes);
}

/* Writes the nodes of a level and leaves in t->cells those of the level above. */
static sund_code write_level(tree *t, size_t level, size_t count) {
  size_t nodes = t->nodes[level];
  uint8_t bytes[NODE_SIZE];
  for (size_t k = 0; k < nodes; k++) {
    size_t begin = split(count, nodes, k), end = split(count, nodes, k + 1);
    int64_t number = t->first[level] + (int64_t)k;
    make_node(t->cells + begin, end - begin, nodes == 1 ? level : 0, bytes);
    sqlite3_bind_int64(t->node, 1, number);
    sqlite3_bind_blob(t->node, 2, bytes, NODE_SIZE, SQLITE_STATIC);
    TRY(step(t, t->node));
    for (size_t i = begin; i < end && level > 0; i++) TRY(put_pair(t, t->parent, t->cells[i].id, number));
    cell above = {.id = number};
    cover(t->cells + begin, end - begin, above.box);
    t->cells[k] = above; /* k <= begin: nothing that is still needed */
  }
  return SUND_OK;
}

/* Levels from the leaves up, then numbers from the root down. */
static void plan(tree *t, size_t n) {
  size_t cells = n;
  do {
    cells = (cells + CELLS - 1) / CELLS;
    t->nodes[t->levels++] = cells;
  } while (cells > 1);
  int64_t next = 1;
  for (size_t level = t->levels; level-- > 0;) {
    t->first[level] = next;
    next += (int64_t)t->nodes[level];
  }
}

static sund_code write_rowids(tree *t, size_t n, const int64_t *id, const size_t *order) {
  uint32_t *leaf = sund_alloc(t->ctx, n, sizeof *leaf);
  if (!leaf) return SUND_LIMIT;
  for (size_t k = 0; k < t->nodes[0]; k++)
    for (size_t i = split(n, t->nodes[0], k); i < split(n, t->nodes[0], k + 1); i++) leaf[order[i]] = (uint32_t)k;
  for (size_t row = 0; row < n; row++) TRY(put_pair(t, t->rowid, id[row], t->first[0] + leaf[row]));
  return SUND_OK;
}

static sund_code write_tree(tree *t, size_t n, const int64_t *id, const double *boxes) {
  size_t *order = NULL;
  TRY(sort_boxes(t->ctx, n, boxes, &order));
  t->cells = sund_alloc(t->ctx, n, sizeof *t->cells);
  if (!t->cells) return SUND_LIMIT;
  for (size_t i = 0; i < n; i++) {
    size_t row = order[i];
    const double *box = boxes + 4 * row;
    t->cells[i] = (cell){id[row], {down(box[0]), up(box[2]), down(box[1]), up(box[3])}};
  }
  plan(t, n);
  TRY(write_rowids(t, n, id, order));
  size_t count = n;
  for (size_t level = 0; level < t->levels; level++) {
    TRY(write_level(t, level, count));
    count = t->nodes[level];
  }
  return SUND_OK;
}

static sund_code prepare(tree *t, const char *format, sqlite3_stmt **out) {
  char *sql = sund_text(t->ctx, format, t->name);
  if (!sql) return SUND_LIMIT;
  int rc = sqlite3_prepare_v2(t->db, sql, -1, out, NULL);
  return rc == SQLITE_OK ? SUND_OK : gpkg_failed(t->ctx, t->db, rc, "preparing the spatial index");
}

static sund_code prepare_all(tree *t) {
  TRY(prepare(t, "INSERT OR REPLACE INTO \"%s_node\" VALUES (?, ?)", &t->node));
  TRY(prepare(t, "INSERT INTO \"%s_parent\" VALUES (?, ?)", &t->parent));
  return prepare(t, "INSERT INTO \"%s_rowid\" VALUES (?, ?)", &t->rowid);
}

sund_code rtree_write(sund_ctx *ctx, sqlite3 *db, const char *name, size_t n, const int64_t *id,
                      const double *boxes) {
  if (n > UINT32_MAX) return sund_fail(ctx, SUND_LIMIT, "more than 4,294,967,295 rows cannot be indexed");
  char *sql = sund_text(ctx, "CREATE VIRTUAL TABLE \"%s\" USING rtree(id, minx, maxx, miny, maxy)", name);
  if (!sql) return SUND_LIMIT;
  int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
  if (rc != SQLITE_OK) return gpkg_failed(ctx, db, rc, "making the spatial index");
  if (n == 0) return SUND_OK; /* the empty root is there already */
  tree t = {.ctx = ctx, .db = db, .name = name};
  sund_code code = prepare_all(&t);
  if (code == SUND_OK) code = write_tree(&t, n, id, boxes);
  sqlite3_finalize(t.node);
  sqlite3_finalize(t.parent);
  sqlite3_finalize(t.rowid);
  return code;
}

sund_code rtree_prove(sund_ctx *ctx, sqlite3 *db, const char *name, size_t n) {
  char *sql = sund_text(ctx, "SELECT rtreecheck('%s'), (SELECT count(*) FROM \"%s_rowid\")", name, name);
  if (!sql) return SUND_LIMIT;
  sqlite3_stmt *statement = NULL;
  int rc = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
  if (rc == SQLITE_OK) rc = sqlite3_step(statement);
  sund_code code = SUND_OK;
  if (rc != SQLITE_ROW) {
    code = gpkg_failed(ctx, db, rc, "checking the spatial index");
  } else {
    const char *verdict = (const char *)sqlite3_column_text(statement, 0);
    int64_t boxes = sqlite3_column_int64(statement, 1);
    if (!verdict || strcmp(verdict, "ok") != 0)
      code = sund_fail(ctx, SUND_DEFECT, "spatial index %s is wrong: %s", name, verdict ? verdict : "no answer");
    else if (boxes != (int64_t)n)
      code = sund_fail(ctx, SUND_DEFECT, "spatial index %s has %lld boxes instead of %zu", name, (long long)boxes, n);
  }
  sqlite3_finalize(statement);
  return code;
}
