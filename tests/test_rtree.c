/* test_rtree.c - the packed R-tree: SQLite's own check, the same answers as looking at every box, room for later edits,
 * and damage that is found. */
#include "layers/rtree.h"

#include <float.h>

#include "support_gpkg.h"

typedef struct boxes {
  size_t n;
  int64_t *id;
  double *box;
} boxes;

static void allocate(sund_ctx *ctx, boxes *b, size_t n) {
  b->n = n;
  b->id = sund_alloc(ctx, n, sizeof *b->id);
  b->box = sund_alloc(ctx, n, 4 * sizeof *b->box);
  for (size_t i = 0; i < n; i++) b->id[i] = (int64_t)i + 1;
}

static sqlite3 *open_memory(void) {
  sqlite3 *db = NULL;
  assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, "PRAGMA page_size=4096; BEGIN", NULL, NULL, NULL), SQLITE_OK);
  return db;
}

static int64_t count(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement = NULL;
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
  int64_t value = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  return value;
}

/* Ids the tree finds in a window, as flags. */
static void ask(sqlite3 *db, const double window[4], size_t n, uint8_t *found) {
  sqlite3_stmt *statement = NULL;
  const char *sql = "SELECT id FROM t WHERE maxx >= ? AND maxy >= ? AND minx <= ? AND miny <= ?";
  assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
  for (int k = 0; k < 4; k++) sqlite3_bind_double(statement, k + 1, window[k]);
  memset(found, 0, n + 1);
  while (sqlite3_step(statement) == SQLITE_ROW) {
    int64_t id = sqlite3_column_int64(statement, 0);
    assert_true(id >= 1 && id <= (int64_t)n);
    assert_int_equal(found[id], 0);
    found[id] = 1;
  }
  sqlite3_finalize(statement);
}

/* The twin: every box that truly meets the window must be found; one that is found may miss it by rounding to 32 bits
 * only. */
static void compare_windows(sund_ctx *ctx, sqlite3 *db, const boxes *b, double size) {
  uint8_t *found = sund_alloc(ctx, b->n + 1, 1);
  uint64_t state = support_seed();
  for (int q = 0; q < 50; q++) {
    double x = support_uniform(&state, 0, size), y = support_uniform(&state, 0, size);
    double side = support_uniform(&state, 0, size / 5);
    const double window[4] = {x, y, x + side, y + side};
    ask(db, window, b->n, found);
    for (size_t i = 0; i < b->n; i++) {
      const double *box = b->box + 4 * i;
      double slack = size * 2 * (double)FLT_EPSILON;
      bool meets = box[2] >= x && box[3] >= y && box[0] <= x + side && box[1] <= y + side;
      bool nearly =
          box[2] >= x - slack && box[3] >= y - slack && box[0] <= x + side + slack && box[1] <= y + side + slack;
      if ((meets && !found[i + 1]) || (found[i + 1] && !nearly))
        fail_msg("seed %llu, %zu boxes, window %d: box %zu", (unsigned long long)support_seed(), b->n, q, i);
    }
  }
}

/* Sizes around full nodes and full levels: 51 = one leaf, 2601 = two levels, 132651 = three. */
static void test_sizes(void **state) {
  sund_ctx *ctx = *state;
  static const size_t sizes[] = {0, 1, 2, 50, 51, 52, 102, 103, 2600, 2601, 2602, 7000, 132652};
  uint64_t seed = support_seed();
  for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
    boxes b;
    allocate(ctx, &b, sizes[s]);
    for (size_t i = 0; i < b.n; i++) {
      b.box[4 * i] = support_uniform(&seed, 0, 1e6);
      b.box[4 * i + 1] = support_uniform(&seed, 0, 1e6);
      b.box[4 * i + 2] = b.box[4 * i] + (i % 2 ? 0 : support_uniform(&seed, 0, 3000));
      b.box[4 * i + 3] = b.box[4 * i + 1] + (i % 2 ? 0 : support_uniform(&seed, 0, 3000));
    }
    sqlite3 *db = open_memory();
    assert_ok(ctx, rtree_write(ctx, db, "t", b.n, b.id, b.box));
    assert_ok(ctx, rtree_prove(ctx, db, "t", b.n));
    if (b.n <= 7000) compare_windows(ctx, db, &b, 1e6);
    /* Packed: no more leaves than needed. */
    if (b.n > 0) assert_int_equal(count(db, "SELECT count(DISTINCT nodeno) FROM t_rowid"), (b.n + 50) / 51);
    sqlite3_close(db);
  }
}

/* All boxes at one place, all on a line: no size to divide by. */
static void test_degenerate(void **state) {
  sund_ctx *ctx = *state;
  for (int line = 0; line < 2; line++) {
    boxes b;
    allocate(ctx, &b, 1000);
    for (size_t i = 0; i < b.n; i++) {
      b.box[4 * i] = b.box[4 * i + 2] = 700000.1;
      b.box[4 * i + 1] = b.box[4 * i + 3] = line ? (double)i : 6200000.3;
    }
    sqlite3 *db = open_memory();
    assert_ok(ctx, rtree_write(ctx, db, "t", b.n, b.id, b.box));
    assert_ok(ctx, rtree_prove(ctx, db, "t", b.n));
    assert_int_equal(count(db, "SELECT count(*) FROM t WHERE minx <= 700000.1 AND maxx >= 700000.1"), 1000);
    sqlite3_close(db);
  }
}

/* Bounds are rounded outward: below and above the true value, within one step of a 32-bit float. */
static void test_rounding(void **state) {
  sund_ctx *ctx = *state;
  static const double values[] = {0, 0.1, -0.1, 6200000.3, -6200000.3, 16777217, -16777217, 1e-45, 1e30, -1e30};
  enum { N = sizeof values / sizeof *values };
  boxes b;
  allocate(ctx, &b, N);
  for (size_t i = 0; i < N; i++)
    for (size_t k = 0; k < 4; k++) b.box[4 * i + k] = values[i];
  sqlite3 *db = open_memory();
  assert_ok(ctx, rtree_write(ctx, db, "t", N, b.id, b.box));
  sqlite3_stmt *statement = NULL;
  sqlite3_prepare_v2(db, "SELECT minx, maxx FROM t ORDER BY id", -1, &statement, NULL);
  for (size_t i = 0; i < N; i++) {
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    double low = sqlite3_column_double(statement, 0), high = sqlite3_column_double(statement, 1);
    assert_true(low <= values[i] && high >= values[i]);
    assert_true((double)nextafterf((float)low, INFINITY) >= high);
  }
  sqlite3_finalize(statement);
  sqlite3_close(db);
}

/* SQLite goes on with a packed tree: full leaves are split, emptied ones taken away. */
static void test_edits(void **state) {
  sund_ctx *ctx = *state;
  boxes b;
  allocate(ctx, &b, 5000);
  uint64_t seed = support_seed();
  for (size_t i = 0; i < b.n; i++) {
    b.box[4 * i] = b.box[4 * i + 2] = support_uniform(&seed, 0, 1000);
    b.box[4 * i + 1] = b.box[4 * i + 3] = support_uniform(&seed, 0, 1000);
  }
  sqlite3 *db = open_memory();
  assert_ok(ctx, rtree_write(ctx, db, "t", b.n, b.id, b.box));
  const char *edits =
      "DELETE FROM t WHERE id % 3 = 0; DELETE FROM t WHERE minx < 200;"
      "INSERT INTO t SELECT id + 10000, minx, maxx, miny, maxy FROM t_copy; ";
  assert_int_equal(sqlite3_exec(db, "CREATE TABLE t_copy AS SELECT * FROM t", NULL, NULL, NULL), SQLITE_OK);
  assert_int_equal(sqlite3_exec(db, edits, NULL, NULL, NULL), SQLITE_OK);
  int64_t left = count(db, "SELECT count(*) FROM t_copy WHERE id % 3 <> 0 AND minx >= 200");
  assert_ok(ctx, rtree_prove(ctx, db, "t", (size_t)left + 5000));
  sqlite3_close(db);
}

/* rtree_prove must be able to say no. */
static void test_damage(void **state) {
  sund_ctx *ctx = *state;
  static const char *const damages[] = {"UPDATE t_node SET data = zeroblob(1228) WHERE nodeno = 2",
                                        "DELETE FROM t_rowid WHERE rowid = 7",
                                        "UPDATE t_parent SET parentnode = 3 WHERE nodeno = 2",
                                        "UPDATE t_rowid SET nodeno = nodeno + 1 WHERE rowid = 9"};
  boxes b;
  allocate(ctx, &b, 400);
  for (size_t i = 0; i < 4 * b.n; i++) b.box[i] = (double)(i / 4);
  for (size_t i = 0; i <= sizeof damages / sizeof *damages; i++) {
    sund_ctx *child = sund_ctx_child(ctx);
    sqlite3 *db = open_memory();
    assert_ok(child, rtree_write(child, db, "t", b.n, b.id, b.box));
    assert_ok(child, rtree_prove(child, db, "t", b.n));
    bool count_only = i == sizeof damages / sizeof *damages;
    if (!count_only) assert_int_equal(sqlite3_exec(db, damages[i], NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(rtree_prove(child, db, "t", count_only ? 401 : 400), SUND_DEFECT);
    sqlite3_close(db);
    sund_ctx_free(child);
  }
}

/* The same boxes give the same nodes. */
static void test_repeat(void **state) {
  sund_ctx *ctx = *state;
  boxes b;
  allocate(ctx, &b, 3000);
  uint64_t seed = support_seed();
  for (size_t i = 0; i < b.n; i++) {
    b.box[4 * i] = b.box[4 * i + 2] = floor(support_uniform(&seed, 0, 20)); /* many equal places */
    b.box[4 * i + 1] = b.box[4 * i + 3] = floor(support_uniform(&seed, 0, 20));
  }
  sqlite3 *db = open_memory();
  assert_ok(ctx, rtree_write(ctx, db, "t", b.n, b.id, b.box));
  assert_ok(ctx, rtree_write(ctx, db, "u", b.n, b.id, b.box));
  assert_int_equal(count(db, "SELECT count(*) FROM (SELECT * FROM t_node EXCEPT SELECT * FROM u_node)"), 0);
  assert_int_equal(count(db, "SELECT count(*) FROM (SELECT * FROM t_rowid EXCEPT SELECT * FROM u_rowid)"), 0);
  sqlite3_close(db);
}

static void test_failures(void **state) {
  sund_ctx *ctx = *state;
  sqlite3 *db = open_memory();
  const double box[4] = {0, 0, 1, 1};
  const int64_t id = 1;
  assert_ok(ctx, rtree_write(ctx, db, "t", 1, &id, box));
  assert_int_equal(rtree_write(ctx, db, "t", 1, &id, box), SUND_DEFECT); /* there already */
  sund_ctx *child = sund_ctx_child(ctx);
  sund_ctx_fail_alloc(child, 3);
  assert_int_equal(rtree_write(child, db, "u", 1, &id, box), SUND_LIMIT);
  sund_ctx_free(child);
  sqlite3_close(db);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_sizes),  SUND_TEST(test_degenerate), SUND_TEST(test_rounding), SUND_TEST(test_edits),
      SUND_TEST(test_damage), SUND_TEST(test_repeat),     SUND_TEST(test_failures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
