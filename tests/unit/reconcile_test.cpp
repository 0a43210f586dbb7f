// The pure half of comparing a carrier account with our books.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "base/random.hpp"
#include "domain/ownership_mark.hpp"
#include "domain/reconcile.hpp"
#include "support/moments.hpp"
#include "support/show_results.hpp"

namespace dialplane::test {

namespace {

std::string mark_of(std::uint8_t which, std::string installation = "abc123") {
  ownership_mark mark;
  mark.installation = std::move(installation);
  mark.organization.bytes[0] = 1;
  mark.operation.bytes[0] = which;
  return to_text(mark);
}

const comparison_rules rules{.installation = "abc123",
                             .text_url = "https://us/texts",
                             .voice_url = "https://us/calls"};

number_here ours(std::string e164, std::uint8_t which = 1) {
  number_here row;
  row.e164 = std::move(e164);
  row.mark = mark_of(which);
  row.routing_set = true;
  row.updated_at = noon;
  return row;
}

number_there theirs(std::string e164, std::uint8_t which = 1) {
  number_there row;
  row.e164 = std::move(e164);
  row.mark = mark_of(which);
  row.routing_set = true;
  row.bought_at = noon;
  return row;
}

std::vector<finding_kind> kinds(const number_here* here, const number_there* there,
                                const comparison_rules& by = rules) {
  std::vector<finding_kind> found;
  for (const suspicion& one : suspicions_of(here, there, by)) found.push_back(one.kind);
  return found;
}

using finding_list = std::vector<finding_kind>;

}  // namespace

TEST_CASE("reconcile: what both sides have alike is no suspicion") {
  const number_here here = ours("+14155550100");
  number_there there = theirs("+14155550100");
  CHECK(kinds(&here, &there) == finding_list{});
  there.text_url = rules.text_url;
  there.voice_url = rules.voice_url;
  CHECK(kinds(&here, &there) == finding_list{});
  there.mark.clear();  // not told
  CHECK(kinds(&here, &there) == finding_list{});
}

TEST_CASE("reconcile: orphans have our mark, foreign numbers do not") {
  number_there there = theirs("+14155550100");
  CHECK(kinds(nullptr, &there) == finding_list{finding_kind::orphan});
  for (const std::string& mark : {std::string(), std::string("somebody's"),
                                  mark_of(1, "zzz999"), mark_of(1).substr(1)}) {
    there.mark = mark;
    CHECK(kinds(nullptr, &there) == finding_list{});
    CHECK(ownership_of(there, rules) == ownership::foreign);
  }
  there = theirs("+14155550100");
  there.is_owned = false;  // ordered, not delivered
  CHECK(kinds(nullptr, &there) == finding_list{});
}

TEST_CASE("reconcile: ghosts are live here and absent there") {
  number_here here = ours("+14155550100");
  CHECK(kinds(&here, nullptr) == finding_list{finding_kind::ghost});
  here.status = number_status::suspended;
  CHECK(kinds(&here, nullptr) == finding_list{finding_kind::ghost});
  here.status = number_status::releasing;
  CHECK(kinds(&here, nullptr) == finding_list{});
  here.status = number_status::active;
  number_there there = theirs("+14155550100");
  there.is_owned = false;
  there.standing = "Ported-Out";
  CHECK(kinds(&here, &there) == finding_list{finding_kind::ported_away});
  there.standing = "port_pending";
  CHECK(kinds(&here, &there) == finding_list{finding_kind::ghost});
}

TEST_CASE("reconcile: mark, routing, campaign and price are compared where they are told") {
  number_here here = ours("+14155550100");
  number_there there = theirs("+14155550100");
  there.mark = mark_of(2);
  CHECK(kinds(&here, &there) == finding_list{finding_kind::wrong_mark});
  here.imported = true;
  CHECK(kinds(&here, &there) == finding_list{});

  here = ours("+14155550100");
  there = theirs("+14155550100");
  there.text_url = "https://elsewhere/texts";
  CHECK(kinds(&here, &there) == finding_list{finding_kind::wrong_routing});
  there.text_url = rules.text_url;
  there.voice_url = "https://elsewhere/calls";
  CHECK(kinds(&here, &there) == finding_list{finding_kind::wrong_routing});
  comparison_rules lenient = rules;
  lenient.takes_calls = false;
  CHECK(kinds(&here, &there, lenient) == finding_list{});
  lenient.compares_urls = false;
  there.text_url = "https://elsewhere/texts";
  CHECK(kinds(&here, &there, lenient) == finding_list{});
  there.routing_set = false;
  CHECK(kinds(&here, &there, lenient) == finding_list{finding_kind::wrong_routing});
  here.routing_set = false;  // our books know
  CHECK(kinds(&here, &there, lenient) == finding_list{});

  here = ours("+14155550100");
  there = theirs("+14155550100");
  here.campaign_reference = "C1";
  CHECK(kinds(&here, &there) == finding_list{});
  there.campaign_reference = "C2";
  CHECK(kinds(&here, &there) == finding_list{finding_kind::wrong_campaign});
  there.campaign_reference = "C1";
  there.monthly_micro_usd = 2'000'000;
  CHECK(kinds(&here, &there) == finding_list{});
  here.monthly_micro_usd = 1'000'000;
  CHECK(kinds(&here, &there) == finding_list{finding_kind::price_drift});
  here.status = number_status::releasing;
  CHECK(kinds(&here, &there) == finding_list{});
}

TEST_CASE("reconcile: what is young is not judged yet") {
  using std::chrono::milliseconds;
  const number_here here = ours("+14155550100");
  const number_there there = theirs("+14155550100");
  const milliseconds settling(60'000);
  CHECK(is_settling(&here, nullptr, noon + milliseconds(59'000), settling));
  CHECK(is_settling(nullptr, &there, noon + milliseconds(60'500), settling));
  CHECK_FALSE(is_settling(&here, &there, noon + milliseconds(62'000), settling));
  CHECK_FALSE(is_settling(nullptr, nullptr, noon, settling));
}

TEST_CASE("reconcile: policies fit their kinds; releasing is for our marks only") {
  for (const auto& [kind, name] : enum_names<finding_kind>::names) {
    CHECK(policy_fits(kind, finding_policy::report));
    CHECK(policy_fits(kind, finding_policy::release) == (kind == finding_kind::orphan));
    CHECK(policy_fits(kind, finding_policy::adopt) == (kind == finding_kind::orphan));
    CHECK(policy_fits(kind, reconcile_policies{}.of(kind)));
    CHECK(reconcile_policies{}.of(kind) != finding_policy::release);
    CHECK_FALSE(sentence_of(kind).empty());
  }
}

// Any two sets, cut into windows of any size, give what comparing them whole gives.
TEST_CASE("reconcile: windows add up to the whole, whatever their size") {
  const std::uint64_t seed = 20260301;
  INFO("seed: ", seed);
  seeded_random random{seed};
  const auto below = [&](std::uint64_t most) { return random.below(most); };
  for (int round = 0; round < 200; ++round) {
    std::map<std::string, number_here> here;
    std::map<std::string, number_there> there;
    for (std::uint64_t i = 0; i < 40; ++i) {
      const std::string e164 = "+1415555" + std::to_string(1000 + i);
      const auto draw = below(6);
      if (draw != 0 && draw != 5) here.emplace(e164, ours(e164));
      if (draw != 1 && draw != 5) there.emplace(e164, theirs(e164));
      if (draw == 2) there.at(e164).mark = "foreign";
      if (draw == 0 && below(2) == 0) there.at(e164).mark = "foreign";
    }
    std::set<std::string> found;
    std::string after;
    std::int64_t compared = 0;
    std::int64_t foreign = 0;
    for (bool last = false; !last;) {
      const std::size_t size = 1 + below(7);
      std::vector<number_here> piece_here;
      std::vector<number_there> piece_there;
      for (auto at = here.upper_bound(after); at != here.end() && piece_here.size() < size; ++at) {
        piece_here.push_back(at->second);
      }
      for (auto at = there.upper_bound(after); at != there.end() && piece_there.size() < size;
           ++at) {
        piece_there.push_back(at->second);
      }
      const auto window = compare_window(piece_here, piece_here.size() < size, piece_there,
                                         piece_there.size() < size, rules);
      REQUIRE((window.is_last || window.up_to > after));  // it goes on
      if (!window.up_to.empty()) after = window.up_to;
      for (const suspicion& one : window.suspicions) {
        CHECK(found.insert(one.e164 + std::string(name_of_value(one.kind))).second);
      }
      compared += window.compared;
      foreign += window.foreign;
      last = window.is_last;
    }
    std::set<std::string> expected;
    std::set<std::string> all;
    std::int64_t expected_foreign = 0;
    for (const auto& [e164, row] : here) {
      all.insert(e164);
      const auto same = there.find(e164);
      for (const finding_kind kind :
           kinds(&row, same == there.end() ? nullptr : &same->second)) {
        expected.insert(e164 + std::string(name_of_value(kind)));
      }
    }
    for (const auto& [e164, row] : there) {
      all.insert(e164);
      if (here.contains(e164)) continue;
      if (ownership_of(row, rules) == ownership::foreign) ++expected_foreign;
      for (const finding_kind kind : kinds(nullptr, &row)) {
        expected.insert(e164 + std::string(name_of_value(kind)));
      }
    }
    CHECK(found == expected);
    CHECK(compared == static_cast<std::int64_t>(all.size()));
    CHECK(foreign == expected_foreign);
  }
}

}  // namespace dialplane::test
