// Texts: one row each, both ways; pages; the carrier's id belongs to one text.
#include "conformance/store_fixture.hpp"
#include "store/message_queries.hpp"

namespace dialplane::test {

namespace {

message make_message(store_fixture& at, const number& of, message_direction direction) {
  message row;
  row.id = at.id<message_id>();
  row.organization = of.organization;
  row.user = of.user;
  row.number = of.id;
  row.agent = at.id<agent_id>();
  row.key = at.id<api_key_id>();
  row.direction = direction;
  row.status = direction == message_direction::inbound ? message_status::received
                                                       : message_status::queued;
  row.step = direction == message_direction::inbound ? send_step::ended : send_step::accepted;
  row.purpose = message_purpose::one_time_code;
  row.from = "+14155550100";
  row.to = "72345";
  row.body = "line one\nline \"two\" ✓";
  row.media_urls = {"https://a.example/1", "https://a.example/\"2\""};
  row.segments = 3;
  row.price = micro_credits{120'000};
  row.carrier = "some_carrier";
  row.metadata = "{\"a\":1}";
  row.in_reply_to = at.id<message_id>();
  row.request_id = "request";
  row.queued_until = at.time.now();
  row.created_at = at.time.now();
  row.updated_at = at.time.now();
  return row;
}

std::string moment(const std::optional<timestamp>& at) {
  return at ? std::to_string(at->unix_ms) : "-";
}

std::string shown(const message& row) {
  std::string all = row.id.uuid() + row.organization.uuid() + row.user.uuid() + row.number.uuid();
  all += row.agent ? row.agent->uuid() : "-";
  all += row.key ? row.key->uuid() : "-";
  for (const std::string_view part :
       {name_of_value(row.direction), name_of_value(row.status), name_of_value(row.step),
        name_of_value(row.purpose)}) {
    all += std::string(part) + "|";
  }
  for (const std::string& part : {row.from, row.to, row.body, row.carrier, row.carrier_message_id,
                                  row.failure_code, row.failure_reason, row.metadata,
                                  row.request_id}) {
    all += part + "|";
  }
  for (const std::string& url : row.media_urls) all += url + "|";
  all += std::to_string(row.segments) + "|" + std::to_string(row.price.value) + "|" +
         std::to_string(row.attempts);
  all += row.in_reply_to ? row.in_reply_to->uuid() : "-";
  for (const auto& at : {row.queued_until, row.intent_at, row.sent_at, row.delivered_at,
                         row.failed_at, std::optional(row.created_at),
                         std::optional(row.updated_at)}) {
    all += "|" + moment(at);
  }
  return all;
}

void insert_message(store_fixture& at, const message& row) {
  at.must_write([&](session& work) { return work.messages().insert(row); });
}

}  // namespace

STORE_TEST_CASE("texts: every field comes back, before and after an update") {
  const tenant mine = make_tenant(at);
  const number line = make_number(at, mine);
  message row = make_message(at, line, message_direction::outbound);
  insert_message(at, row);
  const auto find = [&] {
    return at.must_read([&](session& work) { return work.messages().find_any(row.id); });
  };
  REQUIRE(find());
  CHECK(shown(*find()) == shown(row));
  row.status = message_status::failed;
  row.step = send_step::ended;
  row.price = {};
  row.carrier_message_id = "theirs-1";
  row.failure_code = "unreachable";
  row.failure_reason = "It cannot be reached.";
  row.metadata = "{}";
  row.attempts = 4;
  row.queued_until.reset();
  row.intent_at = timestamp{1};
  row.sent_at = timestamp{2};
  row.delivered_at = timestamp{3};
  row.failed_at = timestamp{4};
  row.updated_at = timestamp{5};
  at.must_write([&](session& work) { return work.messages().update(row); });
  CHECK(shown(*find()) == shown(row));
  row.attempts = 5;  // the carrier's id stays as it is
  at.must_write([&](session& work) { return work.messages().update(row); });
  at.reopen();
  CHECK(shown(*find()) == shown(row));
}

STORE_TEST_CASE("texts: another organization's text is not there") {
  const tenant mine = make_tenant(at);
  const tenant theirs = make_tenant(at);
  const message row = make_message(at, make_number(at, mine), message_direction::inbound);
  insert_message(at, row);
  at.must_read([&](session& work) -> result<bool> {
    TRY_ASSIGN(const auto own, work.messages().find(mine.company.id, row.id));
    TRY_ASSIGN(const auto other, work.messages().find(theirs.company.id, row.id));
    CHECK(own.has_value());
    CHECK_FALSE(other.has_value());
    TRY_ASSIGN(const auto page, work.messages().page_of(theirs.company.id, row.number, {}, {}));
    CHECK(page.rows.empty());
    return true;
  });
}

STORE_TEST_CASE("texts: a carrier's id is one text's, per direction; many have none") {
  const tenant mine = make_tenant(at);
  const number line = make_number(at, mine);
  message first = make_message(at, line, message_direction::inbound);
  first.carrier_message_id = "theirs";
  insert_message(at, first);
  message again = make_message(at, line, message_direction::inbound);
  again.carrier_message_id = "theirs";
  const auto refused = at.write([&](session& work) { return work.messages().insert(again); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind == error_class::conflict);
  message other_way = make_message(at, line, message_direction::outbound);
  other_way.carrier_message_id = "theirs";
  insert_message(at, other_way);
  insert_message(at, make_message(at, line, message_direction::outbound));
  message last = make_message(at, line, message_direction::outbound);
  insert_message(at, last);
  last.carrier_message_id = "theirs";
  const auto taken = at.write([&](session& work) { return work.messages().update(last); });
  REQUIRE_FALSE(taken);
  CHECK(taken.error().kind == error_class::conflict);
  at.must_read([&](session& work) -> result<bool> {
    TRY_ASSIGN(const auto in, work.messages().find_by_carrier_id(
                                  "some_carrier", message_direction::inbound, "theirs"));
    TRY_ASSIGN(const auto elsewhere, work.messages().find_by_carrier_id(
                                         "other", message_direction::inbound, "theirs"));
    TRY_ASSIGN(const auto none, work.messages().find_by_carrier_id(
                                    "some_carrier", message_direction::outbound, ""));
    REQUIRE(in);
    CHECK(in->id == first.id);
    CHECK_FALSE(elsewhere);
    CHECK_FALSE(none);
    return true;
  });
}

STORE_TEST_CASE("texts: pages of one way and of both, newest first") {
  const tenant mine = make_tenant(at);
  const number line = make_number(at, mine);
  const number other = make_number(at, mine);
  std::vector<uuid_bytes> all;
  std::vector<uuid_bytes> inbound;
  for (int i = 0; i < 7; ++i) {
    const bool in = i % 3 != 0;
    const message row = make_message(
        at, line, in ? message_direction::inbound : message_direction::outbound);
    insert_message(at, row);
    all.insert(all.begin(), row.id.bytes);
    if (in) inbound.insert(inbound.begin(), row.id.bytes);
    insert_message(at, make_message(at, other, message_direction::inbound));
  }
  const auto page_of = [&](std::optional<message_direction> only, page_request cut) {
    return at.must_read([&](session& work) {
      return work.messages().page_of(mine.company.id, line.id, only, cut);
    });
  };
  CHECK(ids_of(page_of({}, {}).rows) == all);
  CHECK(ids_of(page_of(message_direction::inbound, {}).rows) == inbound);
  std::vector<uuid_bytes> walked;
  page_request cut{.limit = 2};
  for (bool more = true; more;) {
    const auto part = page_of({}, cut);
    REQUIRE_FALSE(part.rows.empty());
    for (const message& row : part.rows) walked.push_back(row.id.bytes);
    cut.after = part.rows.back().id.bytes;
    more = part.has_more;
  }
  CHECK(walked == all);
  const auto newer = page_of({}, {.before = all[4], .limit = 2});
  CHECK(ids_of(newer.rows) == std::vector{all[2], all[3]});
  CHECK(newer.has_more);
  const auto since = at.must_read([&](session& work) {
    return work.messages().received_after(mine.company.id, line.id, inbound.back(), 2);
  });
  REQUIRE(since.size() == 2);
  CHECK(since[0].id.bytes == inbound[inbound.size() - 2]);
  CHECK(since[1].id.bytes == inbound[inbound.size() - 3]);
}

}  // namespace dialplane::test
