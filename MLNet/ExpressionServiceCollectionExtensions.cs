using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace EmotionMLNet.MLNet;

/// <summary>EmotionMLNet's models as services.</summary>
public static class ExpressionServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="ExpressionPredictor"/>, which is made when it is first asked for, and once.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="zip">The model zip.</param>
    /// <param name="configure">Other options; <c>services.Configure</c> does as well.</param>
    public static IServiceCollection AddExpressionPredictor(
        this IServiceCollection services, string zip, Action<ExpressionPredictorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(zip);
        services.AddOptions<ExpressionPredictorOptions>().Configure(o =>
        {
            o.ModelPath = zip;
            configure?.Invoke(o);
        });
        services.TryAddSingleton(p => new ExpressionPredictor(
            p.GetRequiredService<IOptions<ExpressionPredictorOptions>>(), p.GetService<TimeProvider>()));
        return services;
    }
}
