// Work on the carrier's trust hub, step by step: bundles (customer profiles, trust products) with
// the end users and documents in them.
//
// Every step is one request; a run that was cut short is taken up again by looking what is there.
// A run lives as long as its request; it never repeats one.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carriers/carrier.hpp"
#include "carriers/twilio/api.hpp"
#include "carriers/twilio/company.hpp"

namespace dialplane::twilio {

struct trust_bundle {
  std::string kind;    // "CustomerProfiles" or "TrustProducts"
  std::string sid;     // empty: not there
  std::string name;
  std::string policy;
  std::string status;  // draft, pending-review, in-review, twilio-rejected, twilio-approved

  bool is_open() const { return status == "draft" || status == "twilio-rejected"; }
};
result<trust_bundle> read_bundle(const json::object& row, const std::string& kind);

// Steps in order; each calls next() or ends the run by an error.
class trust_run : public std::enable_shared_from_this<trust_run> {
 public:
  using step = std::function<void()>;

  explicit trust_run(std::shared_ptr<api> through) : through_(std::move(through)) {}
  virtual ~trust_run() = default;

 protected:
  virtual void fail(error failure) = 0;

  void then(step act) { steps_.push_back(std::move(act)); }
  // Before the others, in the order given.
  void then_first(std::vector<step> acts);
  void next();

  // Each makes a step of one request (or a list's) whose answer goes to `take`, if given.
  void get(std::string url, std::function<result<void>(const json::object&)> take);
  void post(std::string url, form_list form,
            std::function<result<void>(const json::object&)> take = nullptr);
  void remove(std::string url);
  void walk(std::string url, std::string rows, api::visitor visit);

  // The bundle of that name; empty sid where there is none.
  void find_bundle(std::string kind, std::string name, trust_bundle& into);
  void create_bundle(trust_bundle& into, std::string name, std::string_view policy,
                     const std::string& email);
  // Takes out what an earlier, cut-short run put in.
  void clear_bundle(const trust_bundle& of);
  void add_end_user(const trust_bundle& to, end_user user);
  void add_address(const trust_bundle& to, form_list address);
  void assign(const trust_bundle& to, std::string object_sid);
  // Has it checked by rule, then handed in for review; `lacking` is told where the rules fail it.
  void submit(trust_bundle& which, std::function<void(const json::object&)> lacking);

  std::string url_of(const trust_bundle& which, std::string_view below = {}) const;

  const std::shared_ptr<api> through_;

 private:
  std::deque<step> steps_;
};

}  // namespace dialplane::twilio
