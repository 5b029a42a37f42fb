using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace EmotionMLNet.Web.Hosting;

/// <summary>/openapi/v1.json: the API in words for machines, OpenAPI 3.1.</summary>
internal static class ApiDescription
{
    private const string Token = "token", Health = "/health";

    private static readonly IReadOnlyList<(string Path, string Name, string Description)> Parts =
    [
        ("/v1", "Labels", "Pictures, cameras and models."),
        ("/v2", "Open Inference Protocol", "Version 2 of KServe's protocol, without loading of models."),
        (Health, "Health", "For who runs the server."),
    ];

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "EmotionMLNet";
            document.Info.Version = "1";
            document.Info.Description =
                "Labels pictures of faces with the expression that annotators would most likely give them; never with what somebody feels.";
            document.Info.License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" };
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Tags = Parts.Select(p => new OpenApiTag { Name = p.Name, Description = p.Description }).ToHashSet();
            document.AddComponent(Token, new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "What --token-file holds; a server without one asks for none.",
            });
            foreach ((string path, IOpenApiPathItem item) in document.Paths)
                foreach ((HttpMethod method, OpenApiOperation operation) in item.Operations!)
                    Complete(document, path, method, operation);
            return Task.CompletedTask;
        });
    }

    private static void Complete(OpenApiDocument document, string path, HttpMethod method, OpenApiOperation operation)
    {
        (string part, string name, _) = Parts.First(p => path.StartsWith(p.Path, StringComparison.Ordinal));
        operation.OperationId = IdOf(method, path);
        operation.Tags = new HashSet<OpenApiTagReference> { new(name, document) };
        var token = new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Token, document)] = [] };
        operation.Security = part == Health ? [] : [new OpenApiSecurityRequirement(), token]; // one without any: it is as the server wants
    }

    // By which programs name what they write of a description: "postClassifyMany", "getModelsByName".
    private static string IdOf(HttpMethod method, string path)
    {
        var id = new StringBuilder(method.Method.ToLowerInvariant());
        foreach (string segment in path.Split(['/', '-'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == "v1") continue;
            string word = segment.Trim('{', '}');
            id.Append(word == segment ? "" : "By").Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
        }
        return id.ToString();
    }

    /// <summary>
    /// Says what an endpoint reads. The framework's own way (Accepts) would refuse requests of other types, and a picture is told by its
    /// content.
    /// </summary>
    public static RouteHandlerBuilder Reads(this RouteHandlerBuilder endpoint, params string[] types) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var content = new Dictionary<string, OpenApiMediaType>();
            foreach (string type in types) content.Add(type, new OpenApiMediaType { Schema = SchemaOf(type) });
            operation.RequestBody = new OpenApiRequestBody { Required = true, Content = content };
            return Task.CompletedTask;
        });

    /// <summary>Lets the description name properties as answers do.</summary>
    public static void UseOwnNames(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = WebJson.Options.PropertyNamingPolicy;
        options.NumberHandling = WebJson.Options.NumberHandling;
    }

    private static OpenApiSchema SchemaOf(string type) => type switch
    {
        "application/json" => new OpenApiSchema { Type = JsonSchemaType.Object },
        "multipart/form-data" => new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
        },
        _ => new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
    };
}
