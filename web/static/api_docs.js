// Opens the contract in swagger-ui; the address stands in the page, not in the script.
SwaggerUIBundle({
  domNode: document.getElementById("viewer"),
  url: document.getElementById("viewer").dataset.contract,
  deepLinking: true,
  validatorUrl: null,
});
