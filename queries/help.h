/* help.h - help texts on stdout, made from the tables of commands, options, needs and answers. */
#ifndef SUND_QUERIES_HELP_H
#define SUND_QUERIES_HELP_H

#include "vocabulary.h"

/* language: SUND_DA, SUND_SV, SUND_EN. Fail for want of memory only; writing is checked by the caller. */
sund_code help_program(sund_ctx *ctx, int language);
sund_code help_command(sund_ctx *ctx, const vocabulary_command *command, int language);
sund_code help_query(sund_ctx *ctx, const sund_query *query, int language);

#endif
