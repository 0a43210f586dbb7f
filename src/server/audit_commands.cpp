#include "server/audit_commands.hpp"

#include <boost/json/value.hpp>
#include <utility>

#include "base/crypto.hpp"
#include "server/blocking_store.hpp"

namespace dialplane {

namespace {

namespace json = boost::json;

constexpr std::size_t runs_at_once = 100;
constexpr std::size_t sealed_at_once = 1'000;

struct verified_chain {
  organization_id owner;
  audit_head computed;
  std::optional<audit_break> broken;
};

// Entries get their place in the chain after their commit; without a server, here.
result<void> seal_what_waits(store& database) {
  while (true) {
    TRY_ASSIGN(const std::size_t sealed,
               write_and_wait<std::size_t>(database, [](session& work) {
                 return work.audit().seal_some(sealed_at_once);
               }));
    if (sealed < sealed_at_once) return {};
  }
}

result<std::vector<organization_id>> chosen_owners(store& database, const json::object& options) {
  using ids = std::vector<organization_id>;
  return read_and_wait<ids>(database, [&options](session& work) -> result<ids> {
    ids owners;
    if (option_text(options, "organization")) {
      TRY_ASSIGN(const organization one, chosen_organization(work, options));
      owners.push_back(one.id);
      return owners;
    }
    TRY_ASSIGN(const std::vector<organization> all, work.organizations().all(organizations_max));
    for (const organization& each : all) owners.push_back(each.id);
    return owners;
  });
}

result<verified_chain> verify_one(store& database, organization_id owner) {
  TRY_ASSIGN(const audit_head stored,
             read_and_wait<audit_head>(
                 database, [owner](session& work) { return work.audit().head(owner); }));
  verified_chain verified;
  verified.owner = owner;
  while (!verified.broken && verified.computed.sequence < stored.sequence) {
    using runs = std::vector<sealed_run>;
    const std::int64_t from = verified.computed.sequence + 1;
    TRY_ASSIGN(const runs some, read_and_wait<runs>(database, [owner, from](session& work) {
                 return work.audit().sealed_runs(owner, from, runs_at_once);
               }));
    if (some.empty()) verified.broken = {from, "the newest entries are missing"};
    for (const sealed_run& each : some) {
      if (!verified.broken) verified.broken = follow(verified.computed, each);
    }
  }
  // Entries sealed since the head was read only make the chain longer.
  if (!verified.broken && verified.computed.sequence == stored.sequence &&
      verified.computed.hash != stored.hash) {
    verified.broken = {stored.sequence, "the head is another one"};
  }
  return verified;
}

json::object head_json(organization_id owner, const audit_head& head) {
  return {{"organization_id", owner.uuid()},
          {"entries", head.sequence},
          {"head", hex(head.hash)}};
}

}  // namespace

result<json::object> verify_audit(local_environment& env, const json::object& options) {
  store& database = *env.home.database;
  TRY(seal_what_waits(database));
  TRY_ASSIGN(const std::vector<organization_id> owners, chosen_owners(database, options));
  json::array whole;
  json::array broken;
  for (const organization_id owner : owners) {
    TRY_ASSIGN(const verified_chain verified, verify_one(database, owner));
    if (verified.broken) {
      broken.push_back(json::object{{"organization_id", owner.uuid()},
                                    {"sequence", verified.broken->sequence},
                                    {"why", verified.broken->why}});
    } else {
      whole.push_back(head_json(owner, verified.computed));
    }
  }
  return json::object{{"verified", broken.empty()},
                      {"organizations", std::move(whole)},
                      {"broken", std::move(broken)}};
}

result<json::object> show_audit_head(local_environment& env, const json::object& options) {
  store& database = *env.home.database;
  TRY(seal_what_waits(database));
  TRY_ASSIGN(const std::vector<organization_id> owners, chosen_owners(database, options));
  json::array heads;
  for (const organization_id owner : owners) {
    TRY_ASSIGN(const audit_head head,
               read_and_wait<audit_head>(
                   database, [owner](session& work) { return work.audit().head(owner); }));
    heads.push_back(head_json(owner, head));
  }
  return json::object{{"organizations", std::move(heads)}};
}

result<std::vector<std::string>> broken_audit_chains(local_environment& env) {
  store& database = *env.home.database;
  TRY(seal_what_waits(database));
  TRY_ASSIGN(const std::vector<organization_id> owners, chosen_owners(database, {}));
  std::vector<std::string> sentences;
  for (const organization_id owner : owners) {
    TRY_ASSIGN(const verified_chain verified, verify_one(database, owner));
    if (!verified.broken) continue;
    sentences.push_back("the audit chain of organization " + owner.uuid() + " breaks at entry " +
                        std::to_string(verified.broken->sequence) + ": " + verified.broken->why);
  }
  return sentences;
}

}  // namespace dialplane
