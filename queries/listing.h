/* listing.h - `sund list`: what there is, one line each, on stdout. */
#ifndef SUND_QUERIES_LISTING_H
#define SUND_QUERIES_LISTING_H

#include "sund/queries.h"

/* what: "queries", "roles", "profiles" or "standards"; SUND_USAGE, with the nearest of them, for anything else. */
sund_code listing_print(sund_ctx *ctx, const char *what, int language);

#endif
