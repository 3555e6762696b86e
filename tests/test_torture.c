/* Memory fails: at the n-th allocation, for every n, a whole run ends with exit code 6, one message, and no output.
 *
 * Three runs are tortured: a small project drawn here, with every n of the first 1,000 and a growing part of the others;
 * the demo's writing and the demo's run, in larger steps, because they make tens of thousands of allocations.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sund/queries.h"
#include "support.h"

static char folder[] = P_tmpdir "/sund-torture-XXXXXX";

static const char *at(const char *name) {
  static char path[8][300];
  static int turn;
  char *slot = path[turn++ % 8];
  snprintf(slot, sizeof path[0], "%s/%s", folder, name);
  return slot;
}

static void write_text(const char *name, const char *text) {
  FILE *file = fopen(at(name), "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  assert_int_equal(fclose(file), 0);
}

/* Number of entries of the folder: nothing may be left behind, hidden or not. */
static int entries(void) {
  int count = 0;
  DIR *dir = opendir(folder);
  assert_non_null(dir);
  while (readdir(dir)) count++;
  closedir(dir);
  return count;
}

/* Runs the program with its n-th allocation failing; returns its exit code. made: allocations of the run. */
static int run_with(size_t n, char **argv, size_t *made) {
  int argc = 0;
  while (argv[argc]) argc++;
  sund_ctx *ctx = sund_ctx_new();
  assert_non_null(ctx);
  sund_ctx_threads(ctx, 1);
  sund_ctx_fail_alloc(ctx, n);
  fflush(stderr);
  int keep = dup(2), quiet = open(at("stderr"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(quiet, 2);
  int code = sund_command(ctx, argc, argv);
  fflush(stderr);
  dup2(keep, 2);
  close(keep), close(quiet);
  *made = sund_ctx_allocations(ctx);
  sund_ctx_free(ctx);
  return code;
}

/* One line of message, and it speaks of memory. */
static void check_message(size_t n) {
  char text[4096] = "";
  FILE *file = fopen(at("stderr"), "r");
  assert_non_null(file);
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = '\0';
  const char *end = strchr(text, '\n');
  if (!end || end[1] || !strstr(text, "memory")) fail_msg("allocation %zu: %s", n, text);
}

/* Every n up to `every`, then steps that grow by one n-th part of n: later allocations are like those before them. */
static void torture(char **argv, const char *output, size_t every, size_t part) {
  const char *stride = getenv("SUND_TORTURE_STRIDE"); /* for sanitizers, which are slow: every so manieth n */
  size_t made = 0, step = stride ? (size_t)strtoul(stride, NULL, 10) : 1;
  if (step == 0) step = 1;
  write_text("stderr", "");
  int before = entries();
  for (size_t n = 1;; n += step) {
    int code = run_with(n, argv, &made);
    if (code == 0) {
      if (n <= made) fail_msg("allocation %zu of %zu failed and nobody minded", n, made);
      break;
    }
    if (code != 6) fail_msg("allocation %zu of %zu: exit %d", n, made, code);
    check_message(n);
    if (access(output, F_OK) == 0) fail_msg("allocation %zu left %s", n, output);
    if (entries() != before) fail_msg("allocation %zu left something behind", n);
    if (n >= every && step < 1 + n / part) step = 1 + n / part;
  }
}

static void a_small_project(void **state) {
  (void)state;
  /* Homes in degrees, the rest in metres: one coordinate operation is enough to fail in. */
  write_text(
      "areas.geojson",
      "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::"
      "25832\"}},\"features\":["
      "{\"type\":\"Feature\",\"properties\":{\"id\":\"1\",\"name\":\"A\"},\"geometry\":{\"type\":\"Polygon\","
      "\"coordinates\":[[[718000,6211000],[719300,6211000],[719300,6212100],[718000,6212100],[718000,6211000]]]}}"
      "]}");
  write_text("homes.geojson",
             "{\"type\":\"FeatureCollection\",\"features\":["
             "{\"type\":\"Feature\",\"properties\":{\"persons\":3},\"geometry\":{\"type\":\"Point\",\"coordinates\":["
             "12.506578,55.999377]}},"
             "{\"type\":\"Feature\",\"properties\":{\"persons\":2},\"geometry\":{\"type\":\"Point\",\"coordinates\":["
             "12.511262,55.996187]}}"
             "]}");
  write_text(
      "green.geojson",
      "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::"
      "25832\"}},\"features\":["
      "{\"type\":\"Feature\",\"properties\":{\"kind\":\"park\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[["
      "[718700,6211000],[718900,6211000],[718900,6211450],[718700,6211450],[718700,6211000]]]}}"
      "]}");
  write_text("paths.geojson",
             "{\"type\":\"FeatureCollection\",\"crs\":{\"type\":\"name\",\"properties\":{\"name\":\"urn:ogc:def:crs:"
             "EPSG::25832\"}},\"features\":["
             "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[718300,"
             "6211550],[718760,6211550],[718760,6211100]]}}"
             "]}");
  write_text(
      "p.yaml",
      "name: torture\nlayers:\n  areas: areas.geojson\n  land: [{source: areas.geojson}]\n  homes: homes.geojson\n"
      "  green: green.geojson\n  paths: paths.geojson\nqueries:\n  access: {standards: [who]}\n  coast:\n");
  char project[300], output[300];
  snprintf(project, sizeof project, "%s", at("p.yaml"));
  snprintf(output, sizeof output, "%s", at("r.gpkg"));
  char *argv[] = {"sund", "run", project, "-o", output, "--quiet", "--progress", "never", NULL};
  torture(argv, output, 1000, 60);
  assert_int_equal(access(output, F_OK), 0);
}

static void the_demo(void **state) {
  (void)state;
  char demo[300], project[300], output[300];
  snprintf(demo, sizeof demo, "%s", at("demo"));
  snprintf(project, sizeof project, "%s", at("demo/demo.yaml"));
  snprintf(output, sizeof output, "%s", at("demo.gpkg"));
  char *write[] = {"sund", "demo", demo, "--quiet", "--progress", "never", NULL};
  torture(write, demo, 10, 4);
  char *run[] = {"sund", "run", project, "-o", output, "--quiet", "--progress", "never", NULL};
  torture(run, output, 10, 4);
  assert_int_equal(access(output, F_OK), 0);
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state) {
  (void)state;
  char command[400];
  snprintf(command, sizeof command, "rm -rf %s", folder);
  return system(command);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_small_project), cmocka_unit_test(the_demo)};
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
