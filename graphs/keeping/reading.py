"""A checkpoint with what lies beside it, read by a statement that costs the same however long its thread is."""

from typing import LiteralString

# LangGraph's own joins the versions to the blobs. PostgreSQL takes a list out of JSON for a hundred
# rows and reads all blobs of the thread for it: 25 ms at the five hundredth turn of a conversation.
# A limit of one row keeps the look-up within its index. The saver adds the condition.
SELECT_CHECKPOINT: LiteralString = """
    select thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, checkpoint, metadata,
           (select array_agg(array[found.channel::bytea, found.type::bytea, found.blob])
              from jsonb_each_text(checkpoint -> 'channel_versions') named (channel, version)
             cross join lateral (
                   select b.channel, b.type, b.blob
                     from checkpoint_blobs b
                    where b.thread_id = checkpoints.thread_id
                      and b.checkpoint_ns = checkpoints.checkpoint_ns
                      and b.channel = named.channel
                      and b.version = named.version
                    limit 1) found) as channel_values,
           (select array_agg(array[w.task_id::bytea, w.channel::bytea, w.type::bytea, w.blob,
                                   convert_to(w.task_path, 'UTF8'), w.idx::text::bytea])
              from checkpoint_writes w
             where w.thread_id = checkpoints.thread_id
               and w.checkpoint_ns = checkpoints.checkpoint_ns
               and w.checkpoint_id = checkpoints.checkpoint_id) as pending_writes
      from checkpoints
"""
