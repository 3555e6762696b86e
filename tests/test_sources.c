/* Tests of what becomes of a project's sources: candidates by kind, the frame of tables, options that are sources.
 * queries/sources.c, assembly.c. */
#include "queries/assembly.h"
#include "queries/sources.h"
#include "vector_files.h"

#define FEATURE(type, coordinates)                                                                                \
  "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"id\":\"x\",\"cost\":1}," \
  "\"geometry\":{\"type\":\"" type "\",\"coordinates\":" coordinates "}}]}"

static const char point[] = FEATURE("Point", "[12.6,56.03]");
static const char line[] = FEATURE("LineString", "[[12.6,56.03],[12.61,56.03]]");
static const char area[] = FEATURE("Polygon", "[[[12.6,56.03],[12.61,56.03],[12.61,56.04],[12.6,56.03]]]");

static sund_source candidate(files *f, const char *name, const char *text) {
  return files_source(SUND_CANDIDATES, sund_text_copy(f->ctx, files_text(f, name, text)));
}

/* Looks at the sources of the project, chooses the frame, reads. */
static sund_code read_all(sund_ctx *ctx, sund_project *project, sources **s, sund_inputs *in) {
  sund_findings findings = {0};
  memset(in, 0, sizeof *in);
  TRY(sources_look(ctx, project, UINT32_MAX, s));
  TRY(sources_frame(ctx, project, *s));
  return sources_read(ctx, *s, in, &findings);
}

static void candidates_are_parted_by_kind(void **state) {
  files *f = *state;
  sund_source source[] = {candidate(f, "a.geojson", line), candidate(f, "b.geojson", area),
                          candidate(f, "c.geojson", line)};
  sund_project project = {.folder = ".", .sources = 3, .source = source};
  sources *s = NULL;
  sund_inputs in;
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_null(in.candidate[SUND_POINT]);
  assert_int_equal(in.candidate[SUND_LINE]->rows, 2);
  assert_int_equal(in.candidate[SUND_LINE]->kind, SUND_LINE);
  assert_string_equal(in.candidate[SUND_LINE]->source_name[1], "c.geojson");
  assert_int_equal(in.candidate[SUND_AREA]->rows, 1);
  assert_ptr_equal(in.role[SUND_CANDIDATES], in.candidate[SUND_LINE]);
  source[0] = candidate(f, "d.geojson", point);
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_int_equal(in.candidate[SUND_POINT]->rows, 1);
  assert_int_equal(in.candidate[SUND_LINE]->rows, 1);
  assert_ptr_equal(in.role[SUND_CANDIDATES], in.candidate[SUND_POINT]);
}

static void no_candidate_at_all_is_a_mistake(void **state) {
  files *f = *state;
  sund_source source = candidate(f, "a.geojson", line);
  source.where = "cost > 5";
  sund_project project = {.folder = ".", .sources = 1, .source = &source};
  sources *s = NULL;
  sund_inputs in;
  const char *message = "", *blamed = "";
  assert_int_equal(read_all(f->ctx, &project, &s, &in), SUND_DATA);
  sund_failure(f->ctx, &message, &blamed, NULL);
  assert_non_null(strstr(message, "has no feature that fits where"));
  assert_string_equal(blamed, "a.geojson");
}

static void tables_need_no_crs(void **state) {
  files *f = *state;
  sund_source source[] = {
      files_source(SUND_OD, sund_text_copy(f->ctx, files_text(f, "o.csv", "from,to,minutes\na,b,1\n"))),
      files_source(SUND_HOMES, sund_text_copy(f->ctx, files_text(f, "h.csv", "id,persons\na,1\n")))};
  sund_project project = {.folder = ".", .sources = 2, .source = source};
  sources *s = NULL;
  sund_inputs in;
  assert_ok(f->ctx, read_all(f->ctx, &project, &s, &in));
  assert_string_equal(s->crs_reason, "no source has a geometry");
  assert_string_equal(sund_crs_code(in.crs), "EPSG:25832");
  assert_int_equal(in.role[SUND_OD]->rows, 1);
  assert_int_equal(in.extents[SUND_HOMES], 0);
  /* A CSV with coordinates does need one. */
  source[1].path = sund_text_copy(f->ctx, files_text(f, "xy.csv", "id,x,y\na,720000,6214000\n"));
  sund_ctx *own = sund_ctx_child(f->ctx);
  const char *message = "";
  assert_int_equal(read_all(own, &project, &s, &in), SUND_USAGE);
  sund_failure(own, &message, NULL, NULL);
  assert_non_null(strstr(message, "no source says its CRS"));
  sund_ctx_free(own);
}

static void an_option_may_be_a_source(void **state) {
  files *f = *state;
  const char *path = sund_text_copy(
      f->ctx, files_text(f, "p.yaml", "layers: {od: [{source: a.csv}]}\nqueries:\n  access: {od: 'b.csv|to=x'}\n"));
  arguments args = {.operand = path, .command = vocabulary_command_of(COMMAND_RUN)};
  sund_project *project = NULL;
  assert_ok(f->ctx, assembly_project(f->ctx, &args, &project));
  assert_int_equal(project->sources, 2);
  const sund_source *od = &project->source[1];
  assert_int_equal(od->role, SUND_OD);
  assert_string_equal(od->text, "b.csv|to=x");
  assert_string_equal(sund_base_name(od->path), "b.csv");
  assert_memory_equal(od->path, f->folder, strlen(f->folder));
  assert_string_equal(od->mark.file, "p.yaml");
  assert_int_equal(od->mark.line, 3);
  assert_int_equal(od->mark.column, 16);
  /* What the command line says replaces all of them. */
  char *words[] = {"sund", "access", (char *)path, "--od", "c.csv", "-n", NULL};
  assert_ok(f->ctx, arguments_read(f->ctx, 6, words, &args));
  assert_ok(f->ctx, assembly_project(f->ctx, &args, &project));
  assert_int_equal(project->sources, 1);
  assert_string_equal(project->source[0].path, "c.csv");
  assert_int_equal(project->source[0].mark.line, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      FILES_TEST(candidates_are_parted_by_kind),
      FILES_TEST(no_candidate_at_all_is_a_mistake),
      FILES_TEST(tables_need_no_crs),
      FILES_TEST(an_option_may_be_a_source),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
