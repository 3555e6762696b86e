/* osm_table.c - paths and gates of an OpenStreetMap file: reads the file, has the table made, and records the reading. */
#include <string.h>

#include "osm_paths.h"
#include "vector.h"

/* Who made the data says so; nothing in the file does. */
static const char licence[] = "ODbL, OpenStreetMap contributors";

sund_code osm_refuse(sund_ctx *ctx, const sund_source *source) {
  const char *what = source->where ? "where" : source->fields > 0 ? "fields" : source->recodes > 0 ? "codes" : NULL;
  if (source->as) return sund_fail_at(ctx, source->mark, "as is for rasters of homes, jobs or green; leave it out");
  if (source->role == SUND_LAND && source->where)
    return sund_fail_at(ctx, source->mark,
                        "where does not choose land, which is made of the whole coastline of an OpenStreetMap file");
  if (!what || (source->role != SUND_PATHS && source->role != SUND_GATES)) return SUND_OK;
  return sund_fail_at(
      ctx, source->mark,
      "%s is not for %s of an OpenStreetMap file, which are told by all their tags; `set` says what is "
      "the same for all; |layername=lines reads them as lines that do not know their nodes, by fields",
      what, sund_role_of(source->role)->name);
}

/* The box of the file in the frame's CRS. */
static sund_code move_extent(sund_ctx *scratch, const osm_file *file, const sund_frame *frame, double out[4]) {
  sund_crs *degrees = NULL;
  sund_op *op = NULL;
  memcpy(out, (double[]){1, 1, -1, -1}, 4 * sizeof *out);
  if (file->box[0] > file->box[2]) return SUND_OK;
  TRY(sund_crs_open(scratch, "EPSG:4326", &degrees));
  TRY(sund_op_open(scratch, degrees, frame->crs, NULL, &op));
  return vector_place_box(scratch, op, file->box, out);
}

static sund_code keep_text(sund_ctx *ctx, const char *text, const char **out) {
  *out = text ? sund_text_copy(ctx, text) : NULL;
  return !text || *out ? SUND_OK : SUND_LIMIT;
}

/* What the makers of the table do not know. */
static sund_code fill_reading(sund_ctx *ctx, const osm_file *file, const sund_source *source, const char *hash,
                              sund_reading *out) {
  out->role = source->role;
  out->layer = source->role == SUND_PATHS ? "ways" : "ferries";
  out->driver = "OSM";
  TRY(keep_text(ctx, source->text ? source->text : source->path, &out->path));
  TRY(keep_text(ctx, source->heights, &out->heights));
  TRY(keep_text(ctx, hash, &out->hash));
  TRY(keep_text(ctx, source->licence ? source->licence : licence, &out->licence));
  TRY(keep_text(ctx, source->profile, &out->profile));
  TRY(keep_text(ctx, out->crs, &out->crs));
  TRY(keep_text(ctx, out->operation, &out->operation));
  return keep_text(ctx, file->date, &out->date);
}

typedef struct table_maker {
  sund_ctx *ctx, *scratch;
  const sund_source *source;
  const sund_frame *frame;
  sund_table *table;
  sund_reading reading;
  sund_findings findings;
} table_maker;

static sund_code make(table_maker *m) {
  path_facts facts;
  const char *hash = NULL;
  osm_want want = osm_ferries_want;
  osm_file *file = NULL;
  bool paths = m->source->role == SUND_PATHS;
  TRY(osm_refuse(m->scratch, m->source));
  TRY(path_look(m->scratch, m->source->path, &facts));
  TRY(vector_scan(m->scratch, &facts, &hash));
  if (paths) TRY(osm_paths_want(m->scratch, m->source, &want));
  TRY(osm_read(m->scratch, m->source->path, &want, &file));
  if (paths) TRY(osm_paths(m->ctx, file, m->source, m->frame, &m->table, &m->reading, &m->findings));
  else TRY(osm_ferries(m->ctx, file, m->source, m->frame, &m->table, &m->reading, &m->findings));
  TRY(fill_reading(m->ctx, file, m->source, hash, &m->reading));
  TRY(move_extent(m->scratch, file, m->frame, m->reading.extent));
  return path_unchanged(m->scratch, &facts);
}

sund_code osm_table(sund_ctx *ctx, const sund_source *source, const sund_frame *frame, sund_table **out,
                    sund_reading *reading, sund_findings *findings) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  table_maker m = {.ctx = ctx, .scratch = scratch, .source = source, .frame = frame};
  sund_code code = make(&m);
  if (code != SUND_OK) {
    sund_ctx_pass(ctx, scratch);
    sund_blame(ctx, sund_base_name(source->path), SUND_NO_FEATURE);
  }
  for (size_t i = 0; i < m.findings.count && code == SUND_OK; i++)
    code = sund_finding_add(ctx, findings, m.findings.item[i]);
  sund_ctx_free(scratch);
  if (code != SUND_OK) return code;
  *out = m.table;
  *reading = m.reading;
  return SUND_OK;
}
