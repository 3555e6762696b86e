/* Tests of looking at paths: layers/path.c. */
#include "layers/path.h"
#include "vector_files.h"

static void test_content(void **state) {
  static const struct {
    const char *bytes;
    size_t length;
    path_content content;
  } cases[] = {{"SQLite format 3\0 ", 17, PATH_SQLITE},
               {"II*\0", 4, PATH_TIFF},
               {"  <osm version='0.6'/>", 21, PATH_OSM},
               {"\xEF\xBB\xBF{\"a\":1}", 10, PATH_JSON},
               {"<?xml?><KML/>", 13, PATH_KML},
               {"id;name\n", 8, PATH_UNKNOWN},
               {"PK\3\4....", 8, PATH_ZIP},
               {"<VRTDataset/>", 13, PATH_VRT},
               {"<a/>", 4, PATH_XML}};
  files *f = *state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    path_facts facts;
    assert_ok(f->ctx, path_look(f->ctx, files_bytes(f, "x", cases[i].bytes, cases[i].length), &facts));
    assert_int_equal(facts.content, cases[i].content);
    assert_string_equal(facts.name, "x");
  }
}

/* O19: the file is another one after it was read. */
static void test_unchanged(void **state) {
  files *f = *state;
  path_facts facts;
  const char *path = files_text(f, "x.csv", "a,b\n"), *message = NULL;
  assert_ok(f->ctx, path_look(f->ctx, path, &facts));
  assert_ok(f->ctx, path_unchanged(f->ctx, &facts));
  files_text(f, "x.csv", "a,b\n1,2\n");
  assert_int_equal(path_unchanged(f->ctx, &facts), SUND_SOURCE);
  sund_failure(f->ctx, &message, NULL, NULL);
  assert_non_null(strstr(message, "changed during the run"));
}

static void test_copy_is_private_and_gone(void **state) {
  static const char *const suffix[] = {"-wal", "-journal", NULL};
  files *f = *state;
  const char *path = files_text(f, "odd ?#%.gpkg", "main"), *copy = NULL;
  char kept[600], wal[600];
  struct stat status;
  files_text(f, "odd ?#%.gpkg-wal", "log");
  sund_ctx *own = sund_ctx_child(f->ctx);
  assert_ok(own, path_copy(own, path, suffix, &copy));
  snprintf(kept, sizeof kept, "%s", copy);
  snprintf(wal, sizeof wal, "%s-wal", copy);
  assert_int_equal(files_size(copy), 4);
  assert_int_equal(files_size(wal), 3);
  assert_true(path_ends(copy, ".gpkg") && !strpbrk(copy, "?#% "));
  *strrchr(wal, '/') = '\0';
  assert_int_equal(stat(wal, &status), 0);
  assert_int_equal(status.st_mode & 077, 0);
  sund_ctx_free(own);
  assert_int_equal(files_size(kept), -1);
  assert_int_equal(stat(wal, &status), -1);
}

static void test_names(void **state) {
  files *f = *state;
  assert_string_equal(path_base(f->ctx, "/a/b.gpkg"), "b.gpkg");
  assert_string_equal(path_base(f->ctx, "b.gpkg"), "b.gpkg");
  assert_string_equal(path_base(f->ctx, "/a/x.gdb/"), "x.gdb");
  static const char *const folders[][2] = {{"/a/b.gpkg", "/a"}, {"/a/x.gdb/", "/a"}, {"b.gpkg", "."}, {"x.gdb/", "."},
                                           {"/b", "/"},         {"/", "/"},          {"a//b", "a"},   {"../b", ".."}};
  for (size_t i = 0; i < 8; i++) assert_string_equal(path_folder(f->ctx, folders[i][0]), folders[i][1]);
  assert_true(path_ends("X.GPKG", ".gpkg") && !path_ends("gpkg", ".gpkg"));
  const char *text = "abcdef";
  assert_ptr_equal(path_find(text, "CD"), text + 2);
  assert_null(path_find("abc", "cb"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(test_content),
      FILES_TEST(test_unchanged),
      FILES_TEST(test_copy_is_private_and_gone),
      FILES_TEST(test_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
