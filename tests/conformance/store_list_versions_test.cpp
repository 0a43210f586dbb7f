#include <atomic>
#include <functional>
#include <thread>

#include "conformance/store_fixture.hpp"

namespace dialplane::test {

namespace {

using change = std::function<result<void>(session&)>;

// What a store that does not count may answer, too; then there is nothing to compare.
using version = std::optional<std::uint64_t>;

version version_of(store_fixture& at, const tenant& of) {
  return at.db().list_version(of.company.id);
}

void expect_change(store_fixture& at, const tenant& of, const char* what, const change& act) {
  INFO("change: ", what);
  const version before = version_of(at, of);
  at.must_write([&](session& work) { return act(work); });
  const version after = version_of(at, of);
  CHECK((!before || !after || *before != *after));
}

template <typename T>
result<void> without_value(const result<T>& done) {
  if (!done) return done.error();
  return {};
}

}  // namespace

STORE_TEST_CASE("every change to what lists of numbers show makes another version") {
  const tenant mine = make_tenant(at);
  const organization_id owner = mine.company.id;
  number row = make_number(at, mine);
  agent who = make_agent(at, mine, "Customer support");
  campaign drive = make_campaign(at, mine);
  user person = mine.person;
  user other = mine.person;
  other.id = at.id<user_id>();
  other.is_default = false;
  other.external_id = "another";
  const assignment link{owner, row.id, who.id, true, true, at.time.now()};
  const auto steps = std::vector<std::pair<const char*, change>>{
      {"insert number", [&](session& on) { return on.numbers().insert(row); }},
      {"update number", [&](session& on) { return on.numbers().update(row); }},
      {"insert agent", [&](session& on) { return on.agents().insert(who); }},
      {"update agent", [&](session& on) { return on.agents().update(who); }},
      {"insert campaign", [&](session& on) { return on.campaigns().insert(drive); }},
      {"update campaign", [&](session& on) { return on.campaigns().update(drive); }},
      {"insert user", [&](session& on) { return on.users().insert(other); }},
      {"update user", [&](session& on) { return on.users().update(person); }},
      {"put assignment", [&](session& on) { return on.numbers().put_assignment(link); }},
      {"remove assignment",
       [&](session& on) {
         return without_value(on.numbers().remove_assignment(owner, row.id, who.id));
       }},
      {"remove assignments of a number",
       [&](session& on) {
         return without_value(on.numbers().remove_assignments_of_number(owner, row.id));
       }},
      {"remove assignments of an agent",
       [&](session& on) { return on.numbers().remove_assignments_of_agent(owner, who.id); }},
      {"clear inbound agent",
       [&](session& on) {
         return on.numbers().clear_inbound_agent(owner, who.id, at.time.now());
       }},
      {"remove agent", [&](session& on) { return on.agents().remove(owner, who.id); }},
      {"remove number", [&](session& on) { return on.numbers().remove(owner, row.id); }}};
  for (const auto& [what, act] : steps) expect_change(at, mine, what, act);
}

STORE_TEST_CASE("a version stays while nothing changes, whatever is read or written elsewhere") {
  const tenant mine = make_tenant(at);
  const tenant other = make_tenant(at);
  const number row = make_number(at, mine);
  at.must_write([&](session& work) { return work.numbers().insert(row); });
  const version before = version_of(at, mine);
  (void)at.must_read([&](session& work) { return work.numbers().find(mine.company.id, row.id); });
  at.must_write([&](session& work) { return work.audit().append(make_audit(at, mine, "a")); });
  at.must_write([&](session& work) { return work.jobs().insert(make_job(at, mine, {})); });
  CHECK(version_of(at, mine) == before);
}

// The rule that lists are kept by: a version taken before a read that is still the version after
// it means that what was read is what the next read would find.
STORE_TEST_CASE("between two equal versions every read finds the same") {
  const tenant mine = make_tenant(at);
  const organization_id owner = mine.company.id;
  number row = make_number(at, mine);
  row.label = "0";
  at.must_write([&](session& work) { return work.numbers().insert(row); });
  const auto read_label = [&] {
    return at.must_read([&](session& work) -> result<std::string> {
      TRY_ASSIGN(const auto found, work.numbers().find(owner, row.id));
      return found->label.value_or("gone");
    });
  };
  constexpr int changes = 300;
  std::atomic<bool> ended{false};
  std::thread writer([&] {
    number next = row;
    for (int i = 1; i <= changes; ++i) {
      next.label = std::to_string(i);
      (void)at.write([&](session& work) { return work.numbers().update(next); });
    }
    ended = true;
  });
  std::string kept;
  version kept_at;
  int wrong = 0;
  while (!ended) {
    const version before = version_of(at, mine);
    std::string now = read_label();
    if (before && kept_at == before && kept != now && version_of(at, mine) == before) ++wrong;
    if (before) {
      kept = std::move(now);
      kept_at = before;
    }
  }
  writer.join();
  CHECK(wrong == 0);
  const version last = version_of(at, mine);
  CHECK(read_label() == std::to_string(changes));
  CHECK(version_of(at, mine) == last);
}

}  // namespace dialplane::test
