/// The same service through TLS.

#include "tests/support/temp_dir.hpp"
#include "tests/transport/raw_client.hpp"
#include "tests/transport/test_service.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <fstream>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

using namespace btpay;
using namespace btpay::testing;

namespace {

/// Writes a certificate that signs itself, and its key.
void write_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key,
                       const std::string& name) {
  auto* pair = EVP_EC_gen("P-256");
  auto* made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -60);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, pair);
  auto* subject = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(made, subject);
  X509_sign(made, pair, EVP_sha256());
  auto* file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(file, made);
  std::fclose(file);
  file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(made);
  EVP_PKEY_free(pair);
}

struct certified {
  explicit certified(const std::string& name = "first") { renew(name); }
  void renew(const std::string& name) const { write_certificate(dir.path() / "cert", dir.path() / "key", name); }
  service_options options() const {
    service_options chosen;
    chosen.tls_certificate = dir.path() / "cert";
    chosen.tls_key = dir.path() / "key";
    return chosen;
  }
  temp_dir dir;
};

raw_client connected(test_service& service) {
  raw_client client(service.port());
  client.use_tls();
  return client;
}

} // namespace

TEST_CASE("requests and WebSockets work through TLS as without") {
  certified files;
  test_service service(files.options());
  auto client = connected(service);
  CHECK(client.get("/peer").body == "127.0.0.1 secure");
  CHECK(client.get("/big?300000").body.size() == 300'000);
  client.send("POST /echo HTTP/1.1\r\nHost: test\r\nContent-Length: 200000\r\n\r\n" + std::string(200'000, 'b'));
  CHECK(client.read_response().body.size() == 200'000);
  client.upgrade("/ws/echo");
  client.send_text("through TLS");
  CHECK(client.read_text() == "through TLS");
  std::string burst;
  for (int i = 0; i < 200; ++i)
    burst += client_frame(opcode::text, std::to_string(i) + std::string(300, '.'));
  client.send(burst);
  for (int i = 0; i < 200; ++i)
    REQUIRE(client.read_text().substr(0, std::to_string(i).size()) == std::to_string(i));
  const std::string large(5'000'000, 'l');
  client.send_text(large);
  CHECK(client.read_text() == large);
  client.send_frame(opcode::close, "");
  CHECK(client.read_frame().kind == opcode::close);
  CHECK(client.reads_end()); // with TLS's own goodbye, so that nobody can have cut it short
}

TEST_CASE("TLS 1.2 and 1.3 are spoken, nothing older") {
  certified files;
  test_service service(files.options());
  raw_client modern(service.port());
  modern.use_tls(TLS1_2_VERSION);
  CHECK(modern.get("/who").status == 200);
  raw_client old(service.port());
  CHECK_THROWS(old.use_tls(TLS1_1_VERSION));
  CHECK(connected(service).get("/who").status == 200);
}

TEST_CASE("a new certificate is for new connections, and one that cannot be used changes nothing") {
  certified files;
  test_service service(files.options());
  auto before = connected(service);
  CHECK(before.server_name() == "first");
  files.renew("second");
  REQUIRE(service.server().reload_tls());
  CHECK(before.get("/who").status == 200);
  CHECK(connected(service).server_name() == "second");
  std::ofstream(files.dir.path() / "cert") << "no certificate";
  const auto reloaded = service.server().reload_tls();
  REQUIRE_FALSE(reloaded);
  CHECK(reloaded.error().message.find("cert") != std::string::npos);
  CHECK(connected(service).server_name() == "second");
}

TEST_CASE("a certificate and another one's key do not start a service") {
  certified files;
  certified others;
  auto options = files.options();
  options.tls_key = others.options().tls_key;
  CHECK_THROWS(test_service(options));
  options.tls_key = files.dir.path() / "missing";
  CHECK_THROWS(test_service(options));
}

TEST_CASE("who does not speak TLS, or not on, is cut off and costs nobody else anything") {
  certified files;
  auto options = files.options();
  options.limit.header_time = std::chrono::milliseconds(500);
  test_service service(options);
  raw_client plain(service.port());
  plain.send("GET /who HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(plain.reads_end());
  raw_client silent(service.port());
  raw_client half(service.port());
  half.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  CHECK(connected(service).get("/who").status == 200);
  CHECK(silent.reads_end());
  CHECK(half.reads_end());
  CHECK(service.eventually([&] { return service.server().connections() == 0; }));
}

TEST_CASE("a slow client through TLS is bounded as any other") {
  certified files;
  test_service service(files.options());
  raw_client slow(service.port(), 4096);
  slow.use_tls();
  slow.upgrade("/ws");
  slow.send_text("answers 5000");
  slow.send_text("answers 5000");
  CHECK(service.eventually([&] { return service.server().count(counted::closed_slow) == 1; }));
}

TEST_CASE("events are streamed through TLS, up to its goodbye") {
  const certified identity;
  test_service service(identity.options());
  auto client = connected(service);
  client.send("GET /stream?7-1 HTTP/1.1\r\nHost: test\r\n\r\n");
  CHECK(client.read_response().status == 200);
  CHECK(client.read_chunk() == "again");
  service.server().revoke({user_id{7}, 0});
  CHECK(client.read_chunk_but("again") == ": closed, 1008 logged out\n\n");
  CHECK(client.read_chunk().empty());
  CHECK(client.reads_end());
}
