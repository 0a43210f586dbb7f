// Settings: one name in three spellings, their precedence, and the sentences that stop a start.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>

#include "server/option_table.hpp"
#include "server/settings.hpp"

using namespace dialplane;

namespace {

// A configuration file that goes away with the test.
class temporary_file {
 public:
  explicit temporary_file(const std::string& text) {
    char name[] = "/tmp/dialplane-settings-XXXXXX";
    const int descriptor = mkstemp(name);
    REQUIRE(descriptor >= 0);
    close(descriptor);
    path_ = name;
    std::ofstream(path_) << text;
  }
  ~temporary_file() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string sentence(const named_texts& flags, const named_texts& variables = {}) {
  const result<server_settings> loaded = load_settings(flags, variables);
  REQUIRE_FALSE(loaded.has_value());
  CHECK(loaded.error().kind == error_class::refused);
  return loaded.error().message;
}

}  // namespace

TEST_CASE("settings: the defaults are those of the documents") {
  const result<server_settings> loaded = load_settings({}, {});
  REQUIRE(loaded.has_value());
  CHECK(to_text(loaded->listen) == "127.0.0.1:8080");
  CHECK(loaded->data_dir == "./data");
  CHECK(loaded->rate_limit == 300);
  CHECK(loaded->rules.prices.brand_registration + loaded->rules.prices.campaign_registration ==
        micro_credits::credits(46));
  CHECK(loaded->rules.campaign_numbers_max == 49);
  CHECK(loaded->rules.slots.of(plan::scale) == 10);
  CHECK_FALSE(loaded->demo);
  CHECK(check_serving(*loaded).has_value());
}

TEST_CASE("settings: flag over variable over file over default") {
  const temporary_file file("rate_limit = 1\nlog_level = \"warn\"\ndata_dir = \"from-file\"\n");
  const named_texts variables = {{"DIALPLANE_RATE_LIMIT", "2"}, {"DIALPLANE_LOG_LEVEL", "error"},
                                 {"DIALPLANE_CONFIG", file.path()}};
  const result<server_settings> loaded = load_settings({{"--rate-limit", "3"}}, variables);
  REQUIRE(loaded.has_value());
  CHECK(loaded->rate_limit == 3);
  CHECK(loaded->level == log_level::error);
  CHECK(loaded->data_dir == "from-file");
  CHECK(loaded->io_threads == 1);
}

TEST_CASE("settings: tables, numbers and switches of the file") {
  const temporary_file file(
      "demo = true\npurchase_cap_factor = 0\n[plans]\nscale = 7\n[prices]\nregistration = 0.04\n"
      "monthly_local = \"12.5\"\n[approvals]\nexpiry_ms = 3600000\nbypass_default_user = true\n"
      "[sandbox]\nreview_ms = 250\n");
  const result<server_settings> loaded = load_settings({{"--config", file.path()}}, {});
  REQUIRE(loaded.has_value());
  CHECK(loaded->demo);
  CHECK(loaded->rules.purchase_cap_factor == 0);
  CHECK(loaded->rules.slots.of(plan::scale) == 7);
  CHECK(loaded->rules.prices.brand_registration.value == 40'000);
  CHECK(loaded->rules.prices.campaign_registration.value == 0);
  CHECK(loaded->rules.prices.monthly_local.value == 12'500'000);
  CHECK(loaded->rules.approval_expiry == std::chrono::hours(1));
  CHECK(loaded->rules.approvals_bypass_default_user);
  CHECK(loaded->sandbox.review_ms == 250);
}

TEST_CASE("settings: what is unknown is named, with the nearest name") {
  CHECK(sentence({{"--data-dri", "x"}}) ==
        "There is no option --data-dri. Did you mean --data-dir?");
  CHECK(sentence({}, {{"DIALPLANE_RATE_LIMITS", "1"}}) ==
        "There is no setting DIALPLANE_RATE_LIMITS. Did you mean DIALPLANE_RATE_LIMIT?");
  const temporary_file file("[plans]\nscael = 1\n");
  CHECK(sentence({{"--config", file.path()}}) ==
        file.path() + ", line 2: there is no option plans.scael. Did you mean plans.scale?");
  CHECK(sentence({{"--zzzzzzzzzzzzzzz", "1"}}) == "There is no option --zzzzzzzzzzzzzzz.");
}

TEST_CASE("settings: what is out of range is named with what would be right") {
  CHECK(sentence({{"--rate-limit", "many"}}) ==
        "--rate-limit must be a whole number from 0 to 1000000000, not \"many\".");
  CHECK(sentence({{"--io-threads", "0"}}).find("from 1 to 64") != std::string::npos);
  CHECK(sentence({{"--listen", "8080"}}).find("127.0.0.1:8080") != std::string::npos);
  CHECK(sentence({}, {{"DIALPLANE_DEMO", "perhaps"}}) ==
        "DIALPLANE_DEMO must be true or false, not \"perhaps\".");
  CHECK(sentence({{"--data-dir", ""}}) == "--data-dir must be given, not \"\".");
  CHECK(sentence({{"--prices-registration", "-1"}})
            .starts_with("--prices-registration must be a number"));
  CHECK(sentence({{"--config", "/nowhere/at/all.toml"}}).find("cannot be read") !=
        std::string::npos);
  const temporary_file broken("rate_limit = \n");
  CHECK(sentence({{"--config", broken.path()}}).find("is not TOML: line 1") != std::string::npos);
  const temporary_file list("rate_limit = [1, 2]\n");
  CHECK(sentence({{"--config", list.path()}}).find("rate_limit in line 1") != std::string::npos);
  const temporary_file another("config = \"other.toml\"\n");
  CHECK(sentence({{"--config", another.path()}}).find("cannot name another file") !=
        std::string::npos);
}

TEST_CASE("settings: the variables of a first start and of tests are no options") {
  CHECK(load_settings({}, {{"DIALPLANE_OPERATOR_KEY", "a"}, {"DIALPLANE_AGENT_KEY", "b"},
                           {"DIALPLANE_CRASH_AT", "x"}, {"DIALPLANE_BIN", "y"}})
            .has_value());
}

TEST_CASE("settings: beyond loopback wants TLS or a proxy") {
  server_settings open;
  open.listen = {"0.0.0.0", 8080};
  CHECK_FALSE(check_serving(open).has_value());
  open.behind_proxy = true;
  CHECK(check_serving(open).has_value());
  open.behind_proxy = false;
  open.tls_cert = "cert.pem";
  CHECK_FALSE(check_serving(open).has_value());
  open.tls_key = "key.pem";
  CHECK(check_serving(open).has_value());
}

TEST_CASE("settings: every option has one flag and one variable of its own") {
  for (const option_row& row : all_options()) {
    CAPTURE(row.name);
    CHECK_FALSE(row.help.empty());
    int same = 0;
    for (const option_row& other : all_options()) {
      same += flag_of(row) == flag_of(other) || variable_of(row) == variable_of(other) ? 1 : 0;
    }
    CHECK(same == 1);
  }
}
