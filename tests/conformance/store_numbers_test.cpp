#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

number insert_number(store_fixture& at, const tenant& of, std::string e164,
                     number_status status = number_status::active) {
  number row = make_number(at, of);
  row.e164 = std::move(e164);
  row.status = status;
  at.must_write([&](session& work) { return work.numbers().insert(row); });
  return row;
}

result<void> update_number(store_fixture& at, const number& row) {
  return at.write([&](session& work) { return work.numbers().update(row); });
}

std::optional<number> find_number(store_fixture& at, const tenant& of, number_id id) {
  return at.must_read([&](session& work) { return work.numbers().find(of.company.id, id); });
}

std::optional<number> live(store_fixture& at, std::string e164) {
  return at.must_read([&](session& work) { return work.numbers().find_live_by_e164(e164); });
}

std::int64_t count(store_fixture& at, const tenant& of, user_id id) {
  return at.must_read(
      [&](session& work) { return work.numbers().count_of_user(of.company.id, id); });
}

std::vector<uuid_bytes> list(store_fixture& at, const tenant& of, const number_filter& only) {
  return ids_of(at.must_read([&](session& work) {
                    return work.numbers().page_of(of.company.id, only, {.limit = 100});
                  }).rows);
}

}  // namespace

STORE_TEST_CASE("numbers keep every field through insert and update") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  number row = insert_number(at, mine, "", number_status::pending);
  REQUIRE(find_number(at, mine, row.id).has_value());
  CHECK(shown(*find_number(at, mine, row.id)) == shown(row));
  CHECK_FALSE(find_number(at, other, row.id).has_value());

  row.status = number_status::active;
  row.type = number_type::toll_free;
  row.bought_through = dialect::cartesia;
  row.e164 = "+18885550100";
  row.label = "";
  row.area_code_asked = "";
  row.inbound_agent = at.id<agent_id>();
  row.campaign = at.id<campaign_id>();
  row.campaign_attached = true;
  row.attachment_failure = "busy";
  row.attachment_since = timestamp{7};
  row.carrier = "elsewhere";
  row.mark = "m2";
  row.routing_set = true;
  row.locked = true;
  row.release_operation = at.id<operation_id>();
  row.updated_at = timestamp{5};
  row.released_at = timestamp{6};
  REQUIRE(update_number(at, row).has_value());
  CHECK(shown(*find_number(at, mine, row.id)) == shown(row));

  // Only values that no index knows.
  row.label = "Front desk";
  row.locked = false;
  row.released_at.reset();
  REQUIRE(update_number(at, row).has_value());
  CHECK(shown(*find_number(at, mine, row.id)) == shown(row));

  number stolen = row;
  stolen.organization = other.company.id;
  const auto refused = update_number(at, stolen);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == error_class::conflict);
}

STORE_TEST_CASE("numbers whose ids begin alike are told apart") {
  const tenant mine = make_tenant(at);
  number first = make_number(at, mine);
  first.e164 = "+14155550101";
  number second = first;
  second.id.bytes[15] ^= 1;
  second.e164 = "+14155550102";
  number third = first;
  third.id.bytes[8] ^= 1;
  third.e164 = "+14155550101";
  const auto insert = [&](const number& row) {
    return at.write([&](session& work) { return work.numbers().insert(row); });
  };
  REQUIRE(insert(first).has_value());
  CHECK_FALSE(find_number(at, mine, second.id));
  CHECK_FALSE(update_number(at, second).has_value());
  REQUIRE(insert(second).has_value());
  const auto taken = insert(third);
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().message == "Another live number has this e164.");
  third.e164 = "+14155550103";
  REQUIRE(insert(third).has_value());
  const auto again = insert(third);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().kind == error_class::conflict);

  for (number* row : {&third, &first, &second}) {
    row->label = "of " + row->e164;
    row->status = number_status::suspended;
    REQUIRE(update_number(at, *row).has_value());
  }
  for (const number* row : {&first, &second, &third}) {
    CHECK(shown(*find_number(at, mine, row->id)) == shown(*row));
    const auto view = at.must_read(
        [&](session& work) { return work.numbers().find_view(mine.company.id, row->id); });
    REQUIRE(view.has_value());
    CHECK(view->row.e164 == row->e164);
  }
  CHECK(list(at, mine, {}).size() == 3);
  at.must_write([&](session& work) { return work.numbers().remove(mine.company.id, first.id); });
  CHECK_FALSE(find_number(at, mine, first.id));
  CHECK(find_number(at, mine, second.id)->e164 == second.e164);
  CHECK(count(at, mine, mine.person.id) == 2);
}

STORE_TEST_CASE("an update knows what is stored, not what was read some time before") {
  const tenant mine = make_tenant(at);
  number row = insert_number(at, mine, "", number_status::pending);
  const auto change_after_reading = [&](auto change, bool keep) {
    return at.write([&](session& work) -> result<void> {
      TRY_ASSIGN(auto read, work.numbers().find(mine.company.id, row.id));
      change(*read);
      TRY(work.numbers().update(*read));
      // The second time there is nothing read that would still be true.
      read->label = "twice";
      TRY(work.numbers().update(*read));
      TRY(work.numbers().find(mine.company.id, row.id));
      if (keep) return {};
      return internal_fault("undone");
    });
  };
  const auto release = [](number& of) { of.status = number_status::released; };
  CHECK_FALSE(change_after_reading(release, false).has_value());
  CHECK(count(at, mine, mine.person.id) == 1);
  row.e164 = "+14155550101";
  row.status = number_status::active;
  REQUIRE(update_number(at, row).has_value());  // the released one it saw last never was
  CHECK(count(at, mine, mine.person.id) == 1);
  CHECK(live(at, "+14155550101")->id == row.id);
  REQUIRE(change_after_reading(release, true).has_value());
  CHECK(count(at, mine, mine.person.id) == 0);
  CHECK_FALSE(live(at, "+14155550101"));
  CHECK(find_number(at, mine, row.id)->label == "twice");
}

namespace {

// Something that a unit does to a number, which it keeps up to date.
using act = std::function<result<void>(session&, number&)>;

result<void> relabel(session& work, number& row) {
  row.label = "changed";
  return work.numbers().update(row);
}

result<void> settle(session& work, number& row) {
  row.status = number_status::active;
  row.e164 = "+14155550109";
  row.routing_set = true;
  row.carrier_reference = "PN-1";
  row.updated_at = timestamp{77};
  return work.numbers().update(row);
}

// Reads it first, as most units do.
act after_reading(act then) {
  return [then](session& work, number& row) -> result<void> {
    TRY_ASSIGN(const auto read, work.numbers().find(row.organization, row.id));
    row = *read;
    return then(work, row);
  };
}

result<void> lose_agent(session& work, number& row) {
  TRY(work.numbers().clear_inbound_agent(row.organization, *row.inbound_agent, timestamp{42}));
  row.inbound_agent.reset();
  row.updated_at = timestamp{42};
  return {};
}

std::vector<std::pair<const char*, act>> acts_on_a_number() {
  const act settle_and_lock = [](session& work, number& row) {
    row.locked = true;
    return settle(work, row);
  };
  return {{"nothing", [](session&, number&) { return result<void>(); }},
          {"changed unread", relabel},
          {"settled unread", settle},
          {"read and changed", after_reading(relabel)},
          {"read and settled", after_reading(settle)},
          {"read, settled and one thing more", after_reading(settle_and_lock)},
          {"its agent gone", lose_agent},
          {"read, its agent gone", after_reading(lose_agent)}};
}

// As a unit that may write sees it.
std::optional<number> found_by_writer(store_fixture& at, organization_id owner, number_id id) {
  return at.must_write([&](session& work) { return work.numbers().find(owner, id); });
}

}  // namespace

STORE_TEST_CASE("a unit finds a number that was just inserted as it is by then") {
  const tenant mine = make_tenant(at);
  for (const auto& [what, change] : acts_on_a_number()) {
    INFO(std::string(what));
    for (const bool in_one : {true, false}) {
      number row = make_number(at, mine);
      row.e164.clear();
      row.status = number_status::pending;
      row.inbound_agent = at.id<agent_id>();
      at.must_write([&](session& work) -> result<void> {
        TRY(work.numbers().insert(row));
        return in_one ? change(work, row) : result<void>();
      });
      if (!in_one) at.must_write([&](session& work) { return change(work, row); });
      CHECK(found_by_writer(at, mine.company.id, row.id) == row);
      CHECK(find_number(at, mine, row.id) == row);  // and so does a reader
      CHECK_FALSE(found_by_writer(at, at.id<organization_id>(), row.id).has_value());
      at.must_write(
          [&](session& work) { return work.numbers().remove(mine.company.id, row.id); });
      CHECK_FALSE(found_by_writer(at, mine.company.id, row.id).has_value());
    }
  }
}

STORE_TEST_CASE("a number that was removed as soon as it was inserted is found by nobody") {
  const tenant mine = make_tenant(at);
  const number row = make_number(at, mine);
  at.must_write([&](session& work) -> result<void> {
    TRY(work.numbers().insert(row));
    return work.numbers().remove(mine.company.id, row.id);
  });
  CHECK_FALSE(found_by_writer(at, mine.company.id, row.id).has_value());
}

STORE_TEST_CASE("a number whose insertion was undone is found by nobody") {
  const tenant mine = make_tenant(at);
  const number row = make_number(at, mine);
  const auto outcome = at.write([&](session& work) -> result<void> {
    TRY(work.numbers().insert(row));
    return internal_fault("undone");
  });
  CHECK_FALSE(outcome.has_value());
  CHECK_FALSE(found_by_writer(at, mine.company.id, row.id).has_value());
}

STORE_TEST_CASE("one live number per e164, whatever the organization") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  number first = insert_number(at, mine, "+14155550101");
  number second = insert_number(at, other, "", number_status::pending);
  const number third = insert_number(at, other, "", number_status::pending);
  CHECK(live(at, "+14155550101")->id == first.id);
  CHECK_FALSE(live(at, ""));
  CHECK_FALSE(live(at, "+14155550102"));

  second.e164 = "+14155550101";
  second.status = number_status::active;
  const auto taken = update_number(at, second);
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().kind == error_class::conflict);
  CHECK(find_number(at, other, second.id)->e164.empty());

  first.status = number_status::released;
  REQUIRE(update_number(at, first).has_value());
  CHECK_FALSE(live(at, "+14155550101"));
  REQUIRE(update_number(at, second).has_value());
  CHECK(live(at, "+14155550101")->id == second.id);

  first.status = number_status::active;
  CHECK_FALSE(update_number(at, first).has_value());
  CHECK(find_number(at, mine, first.id)->status == number_status::released);
}

STORE_TEST_CASE("the count of a user's numbers follows every change") {
  const tenant mine = make_tenant(at);
  const user_id someone = at.id<user_id>();
  CHECK(count(at, mine, mine.person.id) == 0);
  number first = insert_number(at, mine, "+14155550101");
  number second = insert_number(at, mine, "", number_status::pending);
  insert_number(at, mine, "+14155550103", number_status::released);
  CHECK(count(at, mine, mine.person.id) == 2);

  first.label = "x";
  REQUIRE(update_number(at, first).has_value());
  first.status = number_status::releasing;
  REQUIRE(update_number(at, first).has_value());
  CHECK(count(at, mine, mine.person.id) == 2);
  first.status = number_status::released;
  REQUIRE(update_number(at, first).has_value());
  CHECK(count(at, mine, mine.person.id) == 1);

  second.user = someone;
  REQUIRE(update_number(at, second).has_value());
  CHECK(count(at, mine, mine.person.id) == 0);
  CHECK(count(at, mine, someone) == 1);
  const auto remove = [&](number_id id) {
    at.must_write([&](session& work) { return work.numbers().remove(mine.company.id, id); });
  };
  remove(second.id);
  remove(second.id);
  remove(first.id);
  CHECK(count(at, mine, someone) == 0);
  CHECK(count(at, mine, mine.person.id) == 0);
}

STORE_TEST_CASE("lists of numbers are filtered by each condition and by all together") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const user_id someone = at.id<user_id>();
  const agent_id answers = at.id<agent_id>();
  const agent_id texts = at.id<agent_id>();
  const campaign_id ads = at.id<campaign_id>();
  std::vector<number> rows;
  for (int i = 0; i < 6; ++i) {
    number row = make_number(at, mine);
    row.status = number_status::active;
    row.e164 = "+1415555010" + std::to_string(i);
    rows.push_back(row);
  }
  rows[0].user = someone;
  rows[1].user = someone;
  rows[1].inbound_agent = answers;
  rows[2].inbound_agent = answers;
  rows[2].campaign = ads;
  rows[3].status = number_status::released;
  rows[4].status = number_status::pending;
  rows[4].e164.clear();
  rows[5].status = number_status::suspended;
  const auto id = [&](int i) { return rows[static_cast<std::size_t>(i)].id.bytes; };
  at.must_write([&](session& work) -> result<void> {
    for (const number& row : rows) TRY(work.numbers().insert(row));
    for (const std::size_t i : {0U, 1U, 3U}) {
      TRY(work.numbers().put_assignment(
          {mine.company.id, rows[i].id, texts, true, true, timestamp{1}}));
    }
    return {};
  });
  insert_number(at, other, "+14155550199");

  using ids = std::vector<uuid_bytes>;
  CHECK(list(at, mine, {}) == ids{id(5), id(4), id(2), id(1), id(0)});
  CHECK(list(at, mine, {.user = someone}) == ids{id(1), id(0)});
  CHECK(list(at, mine, {.inbound_agent = answers}) == ids{id(2), id(1)});
  CHECK(list(at, mine, {.assigned_agent = texts}) == ids{id(1), id(0)});
  CHECK(list(at, mine, {.campaign = ads}) == ids{id(2)});
  CHECK(list(at, mine, {.with_e164_only = true}) == ids{id(5), id(2), id(1), id(0)});
  CHECK(list(at, mine, {.statuses = {number_status::released}}) == ids{id(3)});
  CHECK(list(at, mine, {.statuses = {number_status::pending, number_status::suspended}}) ==
        ids{id(5), id(4)});
  CHECK(list(at, mine, {.assigned_agent = texts, .statuses = {number_status::released}}) ==
        ids{id(3)});
  CHECK(list(at, mine, {.user = someone, .inbound_agent = answers}) == ids{id(1)});
  CHECK(list(at, mine, {.user = someone, .inbound_agent = answers, .assigned_agent = texts}) ==
        ids{id(1)});
  CHECK(list(at, mine, {.user = someone, .campaign = ads}).empty());
  CHECK(list(at, other, {.inbound_agent = answers}).empty());
  CHECK(list(at, other, {.assigned_agent = texts}).empty());
  CHECK(list(at, other, {.campaign = ads}).empty());
  CHECK(list(at, other, {}).size() == 1);
}

STORE_TEST_CASE("every way into the list pages in both directions") {
  const tenant mine = make_tenant(at);
  const agent_id who = at.id<agent_id>();
  const campaign_id ads = at.id<campaign_id>();
  std::vector<number> rows;
  at.must_write([&](session& work) -> result<void> {
    for (int i = 0; i < 5; ++i) {
      rows.push_back(make_number(at, mine));
      rows.back().inbound_agent = who;
      rows.back().campaign = ads;
      TRY(work.numbers().insert(rows.back()));
      TRY(work.numbers().put_assignment({mine.company.id, rows.back().id, who, true, true, {}}));
    }
    return {};
  });
  const std::vector<number_filter> ways = {{},
                                           {.user = mine.person.id},
                                           {.inbound_agent = who},
                                           {.assigned_agent = who},
                                           {.campaign = ads}};
  for (std::size_t way = 0; way < ways.size(); ++way) {
    CAPTURE(way);
    const auto page = [&](const page_request& cut) {
      return at.must_read([&](session& work) {
        return work.numbers().page_of(mine.company.id, ways[way], cut);
      });
    };
    const auto older = page({.after = rows[3].id.bytes, .limit = 2});
    CHECK(ids_of(older.rows) == std::vector{rows[2].id.bytes, rows[1].id.bytes});
    CHECK(older.has_more);
    const auto newer = page({.before = rows[1].id.bytes, .limit = 2});
    CHECK(ids_of(newer.rows) == std::vector{rows[3].id.bytes, rows[2].id.bytes});
    CHECK(newer.has_more);
  }
}

STORE_TEST_CASE("search finds parts of number, label and the inbound agent's name") {
  const tenant mine = make_tenant(at);
  const agent helper = make_agent(at, mine, "Night Shift");
  std::vector<number> rows;
  for (int i = 0; i < 3; ++i) {
    rows.push_back(make_number(at, mine));
    rows.back().e164 = "+1212555013" + std::to_string(i);
  }
  rows[0].label = "100% Sales_Desk";
  rows[1].inbound_agent = helper.id;
  rows[2].e164 = "+14155550199";
  at.must_write([&](session& work) -> result<void> {
    TRY(work.agents().insert(helper));
    for (const number& row : rows) TRY(work.numbers().insert(row));
    return {};
  });
  const auto search = [&](std::string part) {
    return list(at, mine, {.search = std::move(part)});
  };
  const auto id = [&](int i) { return rows[static_cast<std::size_t>(i)].id.bytes; };
  using ids = std::vector<uuid_bytes>;
  CHECK(search("212555") == ids{id(1), id(0)});
  CHECK(search("+1212") == ids{id(1), id(0)});
  CHECK(search("(212) 555-0131") == ids{id(1)});
  CHECK(search("+1 (415)") == ids{id(2)});
  CHECK(search("0199") == ids{id(2)});
  CHECK(search("sales_d") == ids{id(0)});
  CHECK(search("0% s") == ids{id(0)});
  CHECK(search("night") == ids{id(1)});
  CHECK(search("%").size() == 1);
  CHECK(search("_").size() == 1);
  CHECK(search("day shift").empty());
  CHECK(search("-").empty());

  const auto views = at.must_read([&](session& work) {
    return work.numbers().page_of(mine.company.id, {.search = "night"}, {.limit = 5});
  });
  REQUIRE(views.rows.size() == 1);
  CHECK(views.rows[0].inbound_agent_name == "Night Shift");
  const auto view = at.must_read(
      [&](session& work) { return work.numbers().find_view(mine.company.id, rows[0].id); });
  REQUIRE(view.has_value());
  CHECK_FALSE(view->inbound_agent_name.has_value());
}

STORE_TEST_CASE("an agent lets go of all its numbers and of no other") {
  const tenant mine = make_tenant(at);
  const agent_id leaving = at.id<agent_id>();
  const agent_id staying = at.id<agent_id>();
  std::vector<number> rows;
  for (int i = 0; i < 3; ++i) {
    rows.push_back(make_number(at, mine));
    rows.back().inbound_agent = i < 2 ? leaving : staying;
    at.must_write([&](session& work) { return work.numbers().insert(rows.back()); });
  }
  at.must_write([&](session& work) {
    return work.numbers().clear_inbound_agent(mine.company.id, leaving, timestamp{42});
  });
  CHECK(list(at, mine, {.inbound_agent = leaving}).empty());
  CHECK(list(at, mine, {.inbound_agent = staying}) == std::vector{rows[2].id.bytes});
  CHECK_FALSE(find_number(at, mine, rows[0].id)->inbound_agent.has_value());
  CHECK(find_number(at, mine, rows[1].id)->updated_at == timestamp{42});
  CHECK(find_number(at, mine, rows[2].id)->updated_at == rows[2].updated_at);
}

STORE_TEST_CASE("assignments replace equal links and go one by one or together") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const number row = insert_number(at, mine, "+14155550101");
  const agent_id first = at.id<agent_id>();
  const agent_id second = at.id<agent_id>();
  const auto put = [&](agent_id who, bool send, std::int64_t moment) {
    at.must_write([&](session& work) {
      return work.numbers().put_assignment(
          {mine.company.id, row.id, who, send, true, timestamp{moment}});
    });
  };
  const auto links = [&](const tenant& of) {
    return at.must_read(
        [&](session& work) { return work.numbers().assignments_of(of.company.id, row.id); });
  };
  put(first, true, 9);
  put(second, true, 5);
  put(second, false, 6);
  REQUIRE(links(mine).size() == 2);
  CHECK(shown(links(mine)[0]) ==
        shown(assignment{mine.company.id, row.id, second, false, true, timestamp{6}}));
  CHECK(links(mine)[1].agent == first);
  CHECK(links(other).empty());

  const auto remove = [&](const tenant& of, agent_id who) {
    return at.must_write([&](session& work) {
      return work.numbers().remove_assignment(of.company.id, row.id, who);
    });
  };
  CHECK_FALSE(remove(other, second));
  CHECK(remove(mine, second));
  CHECK_FALSE(remove(mine, second));
  put(second, true, 7);
  at.must_write([&](session& work) {
    return work.numbers().remove_assignments_of_agent(mine.company.id, first);
  });
  REQUIRE(links(mine).size() == 1);
  CHECK(links(mine)[0].agent == second);
  put(first, true, 8);
  const auto remove_all = [&](const tenant& of) {
    return at.must_write([&](session& work) {
      return work.numbers().remove_assignments_of_number(of.company.id, row.id);
    });
  };
  CHECK(remove_all(other) == 0);
  CHECK(remove_all(mine) == 2);
  CHECK(links(mine).empty());
}

STORE_TEST_CASE("imported numbers of a user are counted apart, while they live") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  insert_number(at, mine, "+14155550001", number_status::active);
  const auto import = [&](const tenant& of, std::string e164, number_status status) {
    number row = insert_number(at, of, e164, status);
    row.imported = true;
    at.must_write([&](session& work) { return work.numbers().update(row); });
    return row;
  };
  const auto imported = [&](std::int64_t up_to) {
    return at.must_read([&](session& work) {
      return work.numbers().count_imported_of_user(mine.company.id, mine.person.id, up_to);
    });
  };
  CHECK(imported(10) == 0);
  number row = import(mine, "+14155550002", number_status::active);
  import(mine, "+14155550003", number_status::suspended);
  import(other, "+14155550004", number_status::active);
  CHECK(imported(10) == 2);
  CHECK(imported(1) == 1);
  CHECK(count(at, mine, mine.person.id) == 3);
  row.status = number_status::released;
  at.must_write([&](session& work) { return work.numbers().update(row); });
  CHECK(imported(10) == 1);
}

}  // namespace dialplane::test
