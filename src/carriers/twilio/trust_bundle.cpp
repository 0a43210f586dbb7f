#include "carriers/twilio/trust_bundle.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "carriers/twilio/answers.hpp"

namespace dialplane::twilio {

namespace {

constexpr std::size_t assignments_max = 32;

}  // namespace

result<trust_bundle> read_bundle(const json::object& row, const std::string& kind) {
  trust_bundle read{.kind = kind};
  TRY_ASSIGN(read.sid, sid_in(row, "sid", "BU"));
  TRY_ASSIGN(read.name, optional_text_in(row, "friendly_name", 256));
  TRY_ASSIGN(read.policy, optional_text_in(row, "policy_sid", 64));
  TRY_ASSIGN(read.status, text_in(row, "status", 64));
  return read;
}

void trust_run::then_first(std::vector<step> acts) {
  steps_.insert(steps_.begin(), std::make_move_iterator(acts.begin()),
                std::make_move_iterator(acts.end()));
}

void trust_run::next() {
  if (steps_.empty()) return;
  const step act = std::move(steps_.front());
  steps_.pop_front();
  act();
}

void trust_run::get(std::string url, std::function<result<void>(const json::object&)> take) {
  through_->get(std::move(url), [self = shared_from_this(), take = std::move(take)](
                                    result<json::object> body) {
    if (!body) return self->fail(std::move(body).error());
    if (auto taken = take(*body); !taken) return self->fail(std::move(taken).error());
    self->next();
  });
}

void trust_run::post(std::string url, form_list form,
                     std::function<result<void>(const json::object&)> take) {
  through_->post(std::move(url), std::move(form),
                 [self = shared_from_this(), take = std::move(take)](result<json::object> body) {
                   if (!body) return self->fail(std::move(body).error());
                   if (take) {
                     if (auto taken = take(*body); !taken) {
                       return self->fail(std::move(taken).error());
                     }
                   }
                   self->next();
                 });
}

void trust_run::remove(std::string url) {
  through_->remove(std::move(url), [self = shared_from_this()](result<void> gone) {
    if (!gone) return self->fail(std::move(gone).error());
    self->next();
  });
}

void trust_run::walk(std::string url, std::string rows, api::visitor visit) {
  through_->walk(std::move(url), std::move(rows), std::move(visit),
                 [self = shared_from_this()](result<void> ended) {
                   if (!ended) return self->fail(std::move(ended).error());
                   self->next();
                 });
}

std::string trust_run::url_of(const trust_bundle& which, std::string_view below) const {
  return through_->trusthub("/v1/" + which.kind + "/" + which.sid).append(below);
}

void trust_run::find_bundle(std::string kind, std::string name, trust_bundle& into) {
  into = trust_bundle{.kind = kind};
  const std::string url = with_query(through_->trusthub("/v1/" + kind),
                                     {{"FriendlyName", name}, {"PageSize", "50"}});
  walk(url, "results", [&into, name, kind](const json::object& row) -> result<bool> {
    TRY_ASSIGN(trust_bundle read, read_bundle(row, kind));
    if (read.name != name) return false;
    into = std::move(read);
    return true;
  });
}

void trust_run::create_bundle(trust_bundle& into, std::string name, std::string_view policy,
                              const std::string& email) {
  const std::string kind = into.kind;
  post(through_->trusthub("/v1/" + kind),
       {{"FriendlyName", std::move(name)}, {"Email", email}, {"PolicySid", std::string(policy)}},
       [&into, kind](const json::object& row) -> result<void> {
         TRY_ASSIGN(into, read_bundle(row, kind));
         return {};
       });
}

void trust_run::clear_bundle(const trust_bundle& of) {
  const auto found = std::make_shared<std::vector<std::string>>();
  then_first({[this, of, found] {
    std::vector<step> removals;
    for (const std::string& sid : *found) {
      removals.push_back([this, of, sid] { remove(url_of(of, "/EntityAssignments/" + sid)); });
    }
    then_first(std::move(removals));
    next();
  }});
  walk(url_of(of, "/EntityAssignments?PageSize=50"), "results",
       [found](const json::object& row) -> result<bool> {
         TRY_ASSIGN(std::string sid, sid_in(row, "sid", "BV"));
         found->push_back(std::move(sid));
         return found->size() >= assignments_max;
       });
}

void trust_run::assign(const trust_bundle& to, std::string object_sid) {
  post(url_of(to, "/EntityAssignments"), {{"ObjectSid", std::move(object_sid)}});
}

void trust_run::add_end_user(const trust_bundle& to, end_user user) {
  post(through_->trusthub("/v1/EndUsers"),
       {{"FriendlyName", to.name},
        {"Type", user.type},
        {"Attributes", json::serialize(user.attributes)}},
       [this, to](const json::object& made) -> result<void> {
         TRY_ASSIGN(const std::string sid, sid_in(made, "sid", "IT"));
         then_first({[this, to, sid] { assign(to, sid); }});
         return {};
       });
}

void trust_run::add_address(const trust_bundle& to, form_list address) {
  post(through_->core("/Addresses.json"), std::move(address),
       [this, to](const json::object& made) -> result<void> {
         TRY_ASSIGN(const std::string sid, sid_in(made, "sid", "AD"));
         const std::string attributes = json::serialize(json::object{{"address_sids", sid}});
         then_first({[this, to, attributes] {
           post(through_->trusthub("/v1/SupportingDocuments"),
                {{"FriendlyName", to.name},
                 {"Type", "customer_profile_address"},
                 {"Attributes", attributes}},
                [this, to](const json::object& document) -> result<void> {
                  TRY_ASSIGN(const std::string document_sid, sid_in(document, "sid", "RD"));
                  then_first({[this, to, document_sid] { assign(to, document_sid); }});
                  return {};
                });
         }});
         return {};
       });
}

void trust_run::submit(trust_bundle& which, std::function<void(const json::object&)> lacking) {
  then_first({[this, &which] {
    const std::string kind = which.kind;
    post(url_of(which), {{"Status", "pending-review"}},
         [&which, kind](const json::object& row) -> result<void> {
           TRY_ASSIGN(which, read_bundle(row, kind));
           return {};
         });
  }});
  through_->post(url_of(which, "/Evaluations"), {{"PolicySid", which.policy}},
                 [self = shared_from_this(), lacking = std::move(lacking)](
                     result<json::object> judged) {
                   if (!judged) return self->fail(std::move(judged).error());
                   const auto status = text_in(*judged, "status", 64);
                   if (!status) return self->fail(status.error());
                   if (*status == "noncompliant") return lacking(*judged);
                   self->next();
                 });
}

}  // namespace dialplane::twilio
