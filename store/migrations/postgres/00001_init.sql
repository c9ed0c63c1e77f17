-- Times are Unix milliseconds; null is never, or not yet.

-- +goose Up
create table source (
    id             text   primary key,
    kind           text   not null,
    url            text   not null, -- as configured, or as announced
    moved          text   not null default '', -- where the publisher says it has moved
    title          text   not null default '', -- as configured
    given_title    text   not null default '', -- as the publisher gives it
    language       text   not null default '',
    tags           text   not null default '[]',
    every          bigint not null, -- milliseconds
    announce_since bigint,
    parent         text   not null default '',
    state          text   not null,
    retired        bigint not null default 0, -- 1: no longer configured
    cursor         bytea,
    last_read      bigint, -- the last good read
    last_try       bigint, -- the last read, good or not
    last_entry     bigint,
    next_read      bigint,
    claimed_until  bigint, -- a job has it until then
    failures       bigint not null default 0,
    error          text   not null default ''
);
create index source_due on source (next_read);
create index source_parent on source (parent) where parent <> '';
-- A live blog that several feeds announce is read once.
create unique index source_found on source (url) where parent <> '' and retired = 0;

-- An entry outlives its text: the row says that the entry is known.
create table entry (
    id          bigint generated always as identity primary key,
    source      text   not null references source (id),
    key         text   not null, -- the entry's id within its source
    revision    bigint not null,
    fingerprint text   not null,
    published   bigint,
    dated       bigint not null, -- published, else updated, else read
    read_at     bigint not null,
    missed      bigint not null default 0,
    removed_at  bigint,
    changed_at  bigint not null,
    kept        bigint not null default 1, -- 0: its text was pruned
    unique (source, key)
);
create index entry_dated on entry (dated);
create index entry_read on entry (read_at);
create index entry_changed on entry (changed_at) where kept = 1;

create table revision (
    entry    bigint not null references entry (id) on delete cascade,
    revision bigint not null,
    body     text   not null, -- the entry as JSON
    read_at  bigint not null,
    primary key (entry, revision)
);

create table rule_match (
    entry    bigint not null references entry (id) on delete cascade,
    revision bigint not null,
    rule     text   not null,
    position bigint not null, -- in the order of the rule files
    title    text   not null,
    severity bigint not null,
    hits     text   not null, -- JSON
    primary key (entry, revision, rule)
);
create index rule_match_rule on rule_match (rule, entry);

create table subscription (
    id            text   primary key,
    guild         text   not null,
    schedule      text   not null,
    zone          text   not null,
    body          text   not null, -- JSON
    next_digest   bigint,
    claimed_until bigint
);
create index subscription_due on subscription (next_digest);

create table digest (
    id           bigint generated always as identity primary key,
    subscription text   not null,
    due          bigint not null, -- the slot
    from_at      bigint not null,
    to_at        bigint not null,
    body         text   not null, -- JSON
    unique (subscription, due)
);

create table decision (
    id           bigint generated always as identity primary key,
    subscription text   not null,
    entry        bigint not null references entry (id) on delete cascade,
    revision     bigint not null,
    change       text   not null,
    action       text   not null,
    reason       text   not null,
    at           bigint not null,
    digest       bigint -- that told it; it may be gone from the record by now
);
create index decision_entry on decision (entry);
create index decision_digest on decision (digest) where digest is not null;
create index decision_open on decision (subscription, id) where digest is null and action in ('alert', 'hold');

create table delivery (
    id             bigint generated always as identity primary key, -- a number is never given twice: it is the nonce
    key            text   not null unique,
    kind           text   not null,
    subscription   text   not null,
    chat           text   not null,
    channel        text   not null,
    source         text   not null,
    entry          text   not null,
    revision       bigint not null, -- of the entry, when it was decided
    payload        text   not null,
    version        bigint not null default 1,
    sent_version   bigint not null default 0,
    posted_version bigint not null default 0, -- the first that was posted without a clear answer
    tried_version  bigint not null default 0, -- the last that was tried
    attempts       bigint not null default 0, -- of tried_version
    message_id     text   not null default '',
    state          text   not null default 'pending',
    due            bigint not null,
    error          text   not null default '',
    published      bigint,
    read_at        bigint,
    created_at     bigint not null,
    sent_at        bigint
);
create index delivery_waiting on delivery (chat, channel, id) where state in ('pending', 'sending');
create index delivery_state on delivery (state, id);
create index delivery_entry on delivery (source, entry) where kind = 'alert';
create index delivery_sent on delivery (sent_at);

create table channel (
    chat         text   not null,
    id           text   not null,
    owner        text   not null default '',
    leased_until bigint not null default 0,
    not_before   bigint not null default 0,
    broken       text   not null default '', -- why it takes no messages
    swept_at     bigint not null default 0,
    primary key (chat, id)
);

-- Words are folded before they come here; no parser of PostgreSQL's sees them.
create table entry_words (
    entry bigint primary key references entry (id) on delete cascade,
    words tsvector not null
);
create index entry_words_words on entry_words using gin (words);
