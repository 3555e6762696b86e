/* test_standard.c - standards of access: the shipped ones one by one, families, own files, every mistake. */
#include <math.h>
#include <unistd.h>

#include "sund/layers.h"
#include "support.h"

enum { ROOM = 64 };

static const char *message_of(sund_ctx *ctx) {
  const char *message = NULL;
  sund_failure(ctx, &message, NULL, NULL);
  return message ? message : "";
}

static const sund_mark option = {NULL, 0, 0};

/* Bits of the roles' enumerations. */
static uint32_t bits(const char *column, const char *words) {
  const sund_role_info *green = sund_role_of(SUND_GREEN);
  uint32_t found = 0;
  for (size_t k = 0; k < green->columns; k++) {
    if (strcmp(green->column[k].field.name, column) != 0) continue;
    const sund_choice *choice = green->column[k].field.choices;
    for (size_t j = 0; choice[j].value; j++)
      if (strstr(words, choice[j].value)) found |= 1u << j;
  }
  return found;
}

typedef struct expected {
  const char *name;
  double min_ha, max_m, max_min;
  const char *kinds;
} expected;

static const char not_lakes[] =
    "forest park meadow wetland beach sports allotment cemetery playground protected other";

static const expected shipped[] = {
    {"who-05", 0.5, 300, NAN, not_lakes},
    {"who-1", 1, 300, NAN, not_lakes},
    {"scb-200", 0.5, 200, NAN, not_lakes},
    {"scb-300", 0.5, 300, NAN, not_lakes},
    {"ags-doorstep", 0.5, 200, NAN, not_lakes},
    {"ags-local", 2, 300, NAN, not_lakes},
    {"ags-neighbourhood", 10, 1000, NAN, not_lakes},
    {"ags-wider", 20, 2000, NAN, not_lakes},
    {"ags-district", 100, 5000, NAN, not_lakes},
    {"ags-subregional", 500, 10000, NAN, not_lakes},
    {"330-300", 1, 300, NAN, not_lakes},
    {"walk-15min", 0.5, NAN, 15,
     "forest park meadow wetland beach lake sports allotment cemetery playground protected other"},
    {"forest", 0, 2000, NAN, "forest"},
    {"beach", 0, 2000, NAN, "beach"},
};
enum { SHIPPED = sizeof shipped / sizeof *shipped };

static bool same_number(double a, double b) {
  return a == b || (isnan(a) && isnan(b));
}

static void the_shipped_ones_say_what_they_should(void **state) {
  sund_ctx *ctx = *state;
  for (size_t k = 0; k < SHIPPED; k++) {
    const expected *e = &shipped[k];
    sund_standard s[ROOM];
    size_t count = 0;
    assert_ok(ctx, sund_standard_read(ctx, e->name, ".", option, ROOM, s, &count));
    assert_int_equal(count, 1);
    assert_string_equal(s[0].name, e->name);
    if (!same_number(s[0].min_ha, e->min_ha) || !same_number(s[0].max_m, e->max_m) ||
        !same_number(s[0].max_min, e->max_min) || s[0].kinds != bits("kind", e->kinds) ||
        s[0].access != bits("access", "public unknown"))
      fail_msg("%s", e->name);
    for (size_t language = 0; language < 3; language++) assert_true(strlen(s[0].title[language]) > 8);
    assert_true(strlen(s[0].source) > 20);
  }
}

static void every_shipped_file_is_read(void **state) {
  sund_ctx *ctx = *state;
  size_t files = 0, families = 0;
  for (const sund_shipped *file = sund_shipped_standards; file->name; file++) {
    sund_standard s[ROOM];
    size_t count = 0;
    assert_ok(ctx, sund_standard_read(ctx, file->name, ".", option, ROOM, s, &count));
    assert_true(count >= 1);
    files++;
    families += count > 1;
    for (size_t k = 0; k < count; k++) {
      size_t known = 0;
      while (known < SHIPPED && strcmp(shipped[known].name, s[k].name) != 0) known++;
      assert_true(known < SHIPPED);
    }
    if (count == 1) assert_string_equal(s[0].name, file->name);
  }
  assert_int_equal(families, 4);
  assert_int_equal(files, SHIPPED + families);
}

static void families_are_appended_once(void **state) {
  sund_ctx *ctx = *state;
  sund_standard s[ROOM];
  size_t count = 0;
  assert_ok(ctx, sund_standard_read(ctx, "who-1", ".", option, ROOM, s, &count));
  assert_ok(ctx, sund_standard_read(ctx, "who", ".", option, ROOM, s, &count));
  assert_ok(ctx, sund_standard_read(ctx, "who", ".", option, ROOM, s, &count));
  assert_int_equal(count, 2);
  assert_string_equal(s[0].name, "who-1");
  assert_string_equal(s[1].name, "who-05");
  assert_ok(ctx, sund_standard_read(ctx, "sund/skov-strand", ".", option, ROOM, s, &count));
  assert_ok(ctx, sund_standard_read(ctx, "ags", ".", option, ROOM, s, &count));
  assert_ok(ctx, sund_standard_read(ctx, "scb", ".", option, ROOM, s, &count));
  assert_int_equal(count, 12);
  assert_string_equal(s[2].name, "forest");
  assert_string_equal(s[3].name, "beach");
  assert_string_equal(s[4].name, "ags-doorstep");
}

/* A folder with one file in it. */
typedef struct place {
  char folder[32], path[64];
} place;

static place write_file(const char *name, const char *text) {
  place p = {P_tmpdir "/sund-standard-XXXXXX", ""};
  assert_non_null(mkdtemp(p.folder));
  snprintf(p.path, sizeof p.path, "%s/%s", p.folder, name);
  FILE *file = fopen(p.path, "w");
  assert_non_null(file);
  assert_true(fputs(text, file) >= 0);
  fclose(file);
  return p;
}

static void remove_file(const place *p) {
  unlink(p->path);
  rmdir(p->folder);
}

static void own_standards_are_files_beside_the_project(void **state) {
  sund_ctx *ctx = *state;
  sund_standard s[ROOM];
  size_t count = 0;
  place p =
      write_file("near.yaml", "{name: near, kinds: [forest, park], access: [public], min_ha: 0.5, max_m: 300}\n");
  assert_ok(ctx, sund_standard_read(ctx, "near.yaml", p.folder, option, ROOM, s, &count));
  assert_ok(ctx, sund_standard_read(ctx, p.path, "/nowhere", option, ROOM, s, &count));
  remove_file(&p);
  assert_int_equal(count, 1);
  assert_string_equal(s[0].name, "near");
  assert_string_equal(s[0].title[1], "near");
  assert_int_equal(s[0].kinds, bits("kind", "forest park"));
  assert_int_equal(s[0].access, bits("access", "public"));
  assert_true(s[0].min_ha == 0.5 && s[0].max_m == 300 && isnan(s[0].max_min));
  p = write_file("mine.yaml", "{name: mine, members: [who-05, beach]}\n");
  assert_ok(ctx, sund_standard_read(ctx, "mine.yaml", p.folder, option, ROOM, s, &count));
  remove_file(&p);
  assert_int_equal(count, 3);
}

static void refuses(const char *text, const char *message) {
  sund_ctx *ctx = sund_ctx_new();
  sund_standard s[ROOM];
  size_t count = 0;
  place p = write_file("my.yaml", text);
  sund_code code = sund_standard_read(ctx, "my.yaml", p.folder, option, ROOM, s, &count);
  remove_file(&p);
  if (code != SUND_USAGE || strcmp(message_of(ctx), message) != 0)
    fail_msg("code %d\nexpected: %s\ngot:      %s", (int)code, message, message_of(ctx));
  assert_int_equal(count, 0);
  sund_ctx_free(ctx);
}

static void mistakes_have_their_place(void **state) {
  (void)state;
  refuses("{name: a}", "my.yaml:1:1: a standard has exactly one of max_m, max_min and members");
  refuses("{name: a, max_m: 1, max_min: 2}", "my.yaml:1:1: a standard has exactly one of max_m, max_min and members");
  refuses("{max_m: 300}", "my.yaml:1:1: a standard needs the key name");
  refuses("{name: A b, max_m: 1}", "my.yaml:1:8: A b names columns: use a-z, 0-9 and -, at most 40 of them");
  refuses("{name: a, max_m: 0}", "my.yaml:1:18: a distance is larger than 0");
  refuses("{name: a, max_m: '300,5'}", "my.yaml:1:18: 300,5 is no number; write 300.5");
  refuses("{name: a, max_m: 1, min_ha: -1}", "my.yaml:1:29: a size is not negative");
  refuses("{name: a, max_m: 1, kinds: [forest, prak]}",
          "my.yaml:1:37: prak is no value of kind (did you mean park?); use: forest, park, meadow, wetland, beach, "
          "lake, sports, allotment, cemetery, playground, protected, other");
  refuses("{name: a, max_m: 1, access: open}",
          "my.yaml:1:29: open is no value of access; use: public, restricted, private, unknown");
  refuses("{name: a, maxm: 1}", "my.yaml:1:1: a standard has exactly one of max_m, max_min and members");
  refuses("name: a\nmax_m: 1\nmaxmin: 1\n", "my.yaml:3:1: unknown key maxmin (did you mean max_min?)");
  refuses("{name: a, members: [ags]}", "my.yaml:1:21: ags is a family itself; name its members");
  refuses("{name: a, members: [who-5]}", "my.yaml:1:21: unknown standard who-5 (did you mean who-05?)");
  refuses("{name: a, members: [who-1], min_ha: 1}", "my.yaml:1:1: a family has only name, title, source and members");
  refuses("[a]", "my.yaml:1:1: a standard is written as `key: value`, not as a list");
}

static void unknown_names_are_refused_at_the_mark(void **state) {
  (void)state;
  static const char *const cases[][2] = {
      {"who-50", "project.yaml:16:27: unknown standard who-50 (did you mean who-05?)"},
      {"sund/foest", "project.yaml:16:27: unknown standard foest (did you mean forest?)"},
      {"agss", "project.yaml:16:27: unknown standard agss (did you mean ags?)"},
  };
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_standard s[ROOM];
    size_t count = 0;
    sund_mark mark = {"project.yaml", 16, 27};
    assert_int_equal(sund_standard_read(ctx, cases[k][0], ".", mark, ROOM, s, &count), SUND_USAGE);
    assert_string_equal(message_of(ctx), cases[k][1]);
    sund_ctx_free(ctx);
  }
  sund_ctx *ctx = sund_ctx_new();
  sund_standard s[ROOM];
  size_t count = 0;
  assert_int_equal(sund_standard_read(ctx, "no/such.yaml", ".", option, ROOM, s, &count), SUND_USAGE);
  assert_non_null(strstr(message_of(ctx), "unknown standard no/such.yaml, and no such file; known: 330-300, "));
  sund_ctx_free(ctx);
}

static void two_standards_of_one_name_are_refused(void **state) {
  sund_ctx *ctx = *state;
  sund_standard s[ROOM];
  size_t count = 0;
  assert_ok(ctx, sund_standard_read(ctx, "who-05", ".", option, ROOM, s, &count));
  place p = write_file("my.yaml", "{name: who-05, max_m: 400}\n");
  assert_int_equal(sund_standard_read(ctx, "my.yaml", p.folder, option, ROOM, s, &count), SUND_USAGE);
  remove_file(&p);
  assert_string_equal(message_of(ctx), "my.yaml:1:8: there is another standard named who-05; choose another name");
  assert_int_equal(count, 1);
}

static void more_than_there_is_room_for(void **state) {
  sund_ctx *ctx = *state;
  sund_standard s[3];
  size_t count = 0;
  assert_int_equal(sund_standard_read(ctx, "ags", ".", option, 3, s, &count), SUND_USAGE);
  assert_non_null(strstr(message_of(ctx), "more than 3 standards"));
  assert_int_equal(count, 0);
}

static void every_allocation_may_fail(void **state) {
  (void)state;
  for (size_t n = 1;; n++) {
    sund_ctx *ctx = sund_ctx_new();
    sund_standard s[ROOM];
    size_t count = 0;
    sund_ctx_fail_alloc(ctx, n);
    sund_code code = sund_standard_read(ctx, "who", ".", option, ROOM, s, &count);
    bool reached = sund_ctx_allocations(ctx) >= n;
    assert_int_equal(code, reached ? SUND_LIMIT : SUND_OK);
    assert_int_equal(count, reached ? 0 : 2);
    sund_ctx_free(ctx);
    if (!reached) break;
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(the_shipped_ones_say_what_they_should),
      SUND_TEST(every_shipped_file_is_read),
      SUND_TEST(families_are_appended_once),
      SUND_TEST(own_standards_are_files_beside_the_project),
      SUND_TEST(mistakes_have_their_place),
      SUND_TEST(unknown_names_are_refused_at_the_mark),
      SUND_TEST(two_standards_of_one_name_are_refused),
      SUND_TEST(more_than_there_is_room_for),
      SUND_TEST(every_allocation_may_fail),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
